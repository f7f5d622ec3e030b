/** What a measurement works with: processes, progress, and the word to stop. */

import type { Progress } from "../terminal/progress.ts";
import { type Role, Worker } from "./processes/worker.ts";
import type { Corpus } from "./sources/corpus.ts";

/** What a run works with. */
export interface Workplace {
  readonly progress: Progress;
  readonly interruption: AbortSignal;
  /** The compiled program of the measuring processes. */
  readonly script: URL;
}

/** Starts a measuring process that knows the corpus. */
export async function startWorker(
  role: Role,
  { messages }: Corpus,
  { script, interruption }: Workplace,
): Promise<Worker> {
  const worker = new Worker(role, script, interruption);
  await worker.ask("load", messages);
  return worker;
}
