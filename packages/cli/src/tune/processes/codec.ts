/** The process that compresses: keeps the corpus, and the connections of each setting from round to round. */

import type { PerMessageDeflateOptions } from "hawser";
import type { Answers } from "../../workers/answers.ts";
import { measurePass, type PassResult } from "../measuring/one-connection.ts";
import { RoundRobin, type RoundRobinResult } from "../measuring/round-robin.ts";

export interface PassRequest {
  readonly compression: PerMessageDeflateOptions;
  /** CPU time to measure for at least (µs). */
  readonly leastTime: number;
}

export interface RoundRobinRequest {
  /** Names the connections; they are opened by the first request. */
  readonly id: string;
  readonly compression: PerMessageDeflateOptions;
  readonly connections: number;
  /** CPU time to measure for at least (µs). */
  readonly leastTime: number;
}

export function codecAnswers(): Answers {
  let messages: readonly Uint8Array[] = [];
  const opened = new Map<string, RoundRobin>();
  return {
    load(corpus: readonly Uint8Array[]): void {
      messages = corpus;
    },
    pass({ compression, leastTime }: PassRequest): PassResult {
      return measurePass(compression, messages, leastTime);
    },
    roundRobin({ id, compression, connections, leastTime }: RoundRobinRequest): RoundRobinResult {
      const open = opened.get(id) ?? new RoundRobin(compression, messages, connections);
      opened.set(id, open);
      return open.run(leastTime);
    },
  } satisfies Answers;
}
