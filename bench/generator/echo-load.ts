/** Clients that send messages, keep a window of them under way, and hold every echo against what they sent. */
import { within } from "./deferred.ts";
import { ExactReplyReader, ExpectedStream } from "./exact-reply-reader.ts";
import { Exchange } from "./exchange.ts";
import { buildClientFrames, buildFrame, opcodeOf, PONG } from "./frame.ts";
import { FrameRibbon } from "./frame-ribbon.ts";
import { DRAIN_TIMEOUT, FirstFailure, inBatches, type Load, type Totals } from "./load.ts";
import { EchoHistory, ParsedReplyReader } from "./parsed-reply-reader.ts";
import { makePayloads } from "./payload.ts";
import type { EchoPlan } from "./plan.ts";
import type { ReplyReader } from "./reply-reader.ts";
import { READ_SIZE, Wire } from "./wire.ts";

const PONG_MASKING_KEY = 0x1f2e3d4c;

/** Makes the reader of a connection's replies; `onPing` is called for each ping. */
type ReaderMaker = (onPing: (payload: Uint8Array) => void) => ReplyReader;

interface Client {
  readonly wire: Wire;
  readonly exchange: Exchange;
}

export class EchoLoad implements Load {
  readonly #totals: Totals = { messages: 0, bytes: 0 };
  readonly #plan: EchoPlan;
  readonly #clients: Client[] = [];
  readonly #failure = new FirstFailure();
  #running: Promise<unknown> = Promise.resolve();

  constructor(plan: EchoPlan) {
    this.#plan = plan;
  }

  async open(): Promise<undefined> {
    const { window, payload, size, compression, connections } = this.#plan;
    const payloads = makePayloads(payload, size);
    const ribbon = new FrameRibbon(buildClientFrames(payloads, payload, compression), window);
    const makeReader = this.#readers(payloads);
    await inBatches(connections, async () => {
      const client = this.#connect(ribbon, makeReader);
      this.#clients.push(client);
      await client.wire.opened();
    });
  }

  start(): void {
    const { window } = this.#plan;
    const runs = this.#clients.map(({ exchange }) => exchange.run({ messages: Infinity, window }));
    this.#running = Promise.all(runs).catch(this.#failure.note);
  }

  count(): Totals {
    this.#failure.throwIfAny();
    return { ...this.#totals };
  }

  async finish(): Promise<Totals> {
    for (const { exchange } of this.#clients) exchange.stop();
    await within(DRAIN_TIMEOUT, "replies are missing: not every message came back", this.#running);
    return this.count();
  }

  /** Everybody's first, then everybody's second: as connections that are mostly idle do, and not one after another. */
  async exchange(messages: number): Promise<void> {
    for (let round = 0; round < messages; round++) {
      await inBatches(this.#clients.length, (index) => this.#clients[index]!.exchange.run({ messages: 1, window: 1 }));
    }
  }

  close(): void {
    for (const { wire } of this.#clients.splice(0)) wire.destroy();
  }

  #connect(ribbon: FrameRibbon, makeReader: ReaderMaker): Client {
    const { port, compression } = this.#plan;
    const reader = makeReader((payload) => {
      wire.socket.write(buildFrame({ opcode: PONG, payload, maskingKey: PONG_MASKING_KEY }));
    });
    const exchange = new Exchange({
      ribbon,
      reader,
      totals: this.#totals,
      write: (bytes) => wire.socket.write(bytes),
    });
    const wire = new Wire({
      port,
      compression,
      receive: (chunk) => exchange.receive(chunk),
      gone: (error) => exchange.fail(error),
    });
    return { wire, exchange };
  }

  #readers(payloads: readonly Uint8Array[]): ReaderMaker {
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
