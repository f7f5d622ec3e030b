/**
 * What a load is: the words of the command line, resolved, in a form that a thread can be given.
 */

/** What the clients do once they are open. */
export type Mode = "echo" | "broadcast" | "churn" | "listen";

export interface Load {
  readonly url: string;
  readonly mode: Mode;
  /** Of all threads together; the publisher of a broadcast comes on top. */
  readonly clients: number;
  readonly threads: number;
  readonly messages: LoadMessages;
  /** For `churn`: messages between opening and closing. */
  readonly messagesPerOpening: number;
  /** A text that each client sends first, to join or to log in. */
  readonly first: string | undefined;
  /** How long an answer may take before the client is given up (ms). */
  readonly timeout: number;
  readonly handshake: HandshakeLoad;
}

/** What is sent. */
export type LoadMessages =
  | { readonly kind: "size"; readonly bytes: number; readonly isBinary: boolean }
  | { readonly kind: "text"; readonly text: string; readonly isBinary: boolean }
  | { readonly kind: "corpus"; readonly messages: readonly Uint8Array[]; readonly isBinary: boolean };

/** How connections are opened. */
export interface HandshakeLoad {
  readonly isCompressed: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly subprotocols: readonly string[];
  readonly origin: string | undefined;
  /** Whether certificates are not looked at. */
  readonly isInsecure: boolean;
  /** Addresses 127.0.0.1, 127.0.0.2, ... that clients connect to in turn, each with ports of its own. */
  readonly addresses: number;
}

/** One measured stretch of a load, over the connections that are open. */
export interface Phase {
  /** Messages a second and client (`churn`: openings; `broadcast`: those of the publisher); `null`: as fast as answers come. */
  readonly rate: number | null;
  /** ms */
  readonly warmup: number;
  /** ms */
  readonly duration: number;
}

/** A thread's part. */
export interface ThreadLoad extends Load {
  /** 0 to `threads - 1`; client `n` belongs to thread `n % threads`. */
  readonly thread: number;
}

/** The clients of one thread, of `clients` in all. */
export function shareOf(clients: number, thread: number, threads: number): number {
  return Math.floor(clients / threads) + (thread < clients % threads ? 1 : 0);
}
