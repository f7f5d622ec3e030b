/**
 * What a command sees of the world outside: two streams of text, the width of the screen, and Ctrl-C.
 */

export interface Terminal {
  /** Results: standard output. */
  out(text: string): void;
  /** Progress, warnings and errors: standard error. */
  error(text: string): void;
  /** Columns, where a person looks at standard error; `undefined` where it goes to a file or a program. */
  readonly columns: number | undefined;
  /** Aborted by the first Ctrl-C (SIGINT) or SIGTERM. The second ends the process. */
  readonly interruption: AbortSignal;
}
