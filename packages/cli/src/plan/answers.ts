/** What the preloaded part of the measured program and the command say to each other, over Node's IPC channel. */

/** From the program. Its own messages lack the key. */
export type FromProgram =
  | { readonly hawserPlan: "listening"; readonly address: ListeningAddress }
  | { readonly hawserPlan: "figures"; readonly id: number; readonly figures: ProgramFigures };

/** To the program. */
export interface ToProgram {
  readonly hawserPlan: "figures";
  readonly id: number;
  /** Whether garbage is collected first: for memory. */
  readonly isCollected: boolean;
}

export type ListeningAddress = string | { readonly address: string; readonly port: number };

export interface ProgramFigures {
  /** CPU time of all its threads so far (ms). */
  readonly cpu: number;
  /** Time so far in which its event loop was busy, and in which it waited (ms). */
  readonly active: number;
  readonly idle: number;
  /** Time so far in which its main thread could run and had no processor (ms); 0 where the kernel does not tell. */
  readonly starved: number;
  /** bytes */
  readonly rss: number;
  readonly heapUsed: number;
  readonly heapLimit: number;
}
