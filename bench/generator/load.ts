/** Many connections to one server, opened together, kept busy or idle together. */
import type { PayloadKind } from "../workloads/workload.ts";
import { EchoConnection, type EchoConnectionOptions, READ_SIZE, type Totals } from "./echo-connection.ts";
import { ExactReplyReader, ExpectedStream } from "./exact-reply-reader.ts";
import { buildClientFrames, buildFrame, opcodeOf } from "./frame.ts";
import { FrameRibbon } from "./frame-ribbon.ts";
import { EchoHistory, ParsedReplyReader } from "./parsed-reply-reader.ts";
import { makePayloads } from "./payload.ts";
import type { ReplyReader } from "./reply-reader.ts";

/** What the runner asks the generator for. */
export interface LoadPlan {
  readonly port: number;
  readonly connections: number;
  readonly window: number;
  readonly payload: PayloadKind;
  readonly size: number;
  readonly compression: boolean;
  /** Reads replies frame by frame even where their bytes are known, so that pings are answered. */
  readonly answersPings: boolean;
}

/** Handshakes or exchanges under way at a time when all connections are gone through: under a listener's usual backlog. */
const ABREAST = 100;

/** How long the replies under way may take to come in after the last message (ms). */
const DRAIN_TIMEOUT = 10_000;

export class Load {
  readonly totals: Totals = { messages: 0, bytes: 0 };
  readonly #plan: LoadPlan;
  readonly #connections: EchoConnection[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
  }

  /** Opens all connections. Rejects with the first failure. */
  async open(): Promise<void> {
    const options = this.#connectionOptions();
    await inBatches(this.#plan.connections, async () => {
      const connection = new EchoConnection(options);
      this.#connections.push(connection);
      await connection.opened();
    });
  }

  /** Keeps all windows full until {@link finish}. */
  start(): void {
    const { window } = this.#plan;
    const exchanges = this.#connections.map((connection) => connection.exchange({ messages: Infinity, window }));
    this.#running = Promise.all(exchanges).catch((error: Error) => {
      this.#failure ??= error;
    });
  }

  /** What was received so far. Throws if a connection failed or a reply was wrong. */
  count(): Totals {
    if (this.#failure !== undefined) throw this.#failure;
    return { ...this.totals };
  }

  /** Sends no more, and waits until every message has come back. */
  async finish(): Promise<Totals> {
    for (const connection of this.#connections) connection.stop();
    const timeout = rejectAfter(DRAIN_TIMEOUT, "replies are missing: not every message came back");
    await Promise.race([this.#running, timeout.promise]).finally(timeout.cancel);
    return this.count();
  }

  /** Lets every connection exchange so many messages, one at a time. */
  async exchange(messages: number): Promise<void> {
    await inBatches(this.#connections.length, (index) => this.#connections[index]!.exchange({ messages, window: 1 }));
  }

  /** Ends all connections. */
  close(): void {
    for (const connection of this.#connections.splice(0)) connection.destroy();
  }

  #connectionOptions(): EchoConnectionOptions {
    const { port, window, payload, size, compression } = this.#plan;
    const payloads = makePayloads(payload, size);
    return {
      port,
      compression,
      totals: this.totals,
      ribbon: new FrameRibbon(buildClientFrames(payloads, payload, compression), window),
      createReader: this.#readers(payloads),
    };
  }

  #readers(payloads: readonly Uint8Array[]): (onPing: (payload: Uint8Array) => void) => ReplyReader {
    const { compression, answersPings } = this.#plan;
    const opcode = opcodeOf(this.#plan.payload);
    if (compression || answersPings) {
      const history = new EchoHistory(payloads);
      return (onPing) => new ParsedReplyReader({ opcode, history, compression, onPing });
    }
    const replies = payloads.map((content) => buildFrame({ opcode, payload: content }));
    const expected = new ExpectedStream(replies, READ_SIZE);
    return () => new ExactReplyReader(expected);
  }
}

/** Calls `work` for 0 to `count - 1`, a bounded number of them at a time. */
async function inBatches(count: number, work: (index: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += ABREAST) {
    const batch = Array.from({ length: Math.min(ABREAST, count - first) }, (_, index) => work(first + index));
    await Promise.all(batch);
  }
}

function rejectAfter(timeout: number, message: string): { promise: Promise<never>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), timeout);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
