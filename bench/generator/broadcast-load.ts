/** Clients of which the first sends a message that the server sends to all; the next follows when everybody has it. */
import { type Deferred, deferred, within } from "./deferred.ts";
import { ExactReplyReader, ExpectedStream } from "./exact-reply-reader.ts";
import { buildClientFrames, buildFrame, opcodeOf } from "./frame.ts";
import { FrameRibbon } from "./frame-ribbon.ts";
import { DRAIN_TIMEOUT, FirstFailure, inBatches, type Load, type Totals } from "./load.ts";
import { ParsedReplyReader, ReplyHistory } from "./parsed-reply-reader.ts";
import { makePayloads } from "./payload.ts";
import type { BroadcastPlan } from "./plan.ts";
import type { ReplyReader } from "./reply-reader.ts";
import { READ_SIZE, Wire } from "./wire.ts";

export class BroadcastLoad implements Load {
  readonly #plan: BroadcastPlan;
  readonly #totals: Totals = { messages: 0, bytes: 0 };
  readonly #wires: Wire[] = [];
  readonly #ribbon: FrameRibbon;
  readonly #makeReader: () => ReplyReader;
  readonly #failure = new FirstFailure();
  readonly #over: Deferred = deferred();
  #broadcasts = 0;
  /** Deliveries of the current broadcast still to come. */
  #missing = 0;
  #isStopping = false;

  constructor(plan: BroadcastPlan) {
    this.#plan = plan;
    const payloads = makePayloads(plan.payload, plan.size);
    this.#ribbon = new FrameRibbon(buildClientFrames(payloads, plan.payload, plan.compression !== false), 1);
    this.#makeReader = plan.compression === false ? exactReaders(plan, payloads) : parsedReaders(plan, payloads);
  }

  async open(): Promise<undefined> {
    await inBatches(this.#plan.connections, async () => {
      const wire = this.#connect();
      this.#wires.push(wire);
      await wire.opened();
    });
  }

  start(): void {
    this.#next();
  }

  count(): Totals {
    this.#failure.throwIfAny();
    return { ...this.#totals };
  }

  async finish(): Promise<Totals> {
    this.#isStopping = true;
    await within(DRAIN_TIMEOUT, "deliveries are missing: not everybody got the last message", this.#over.promise);
    return this.count();
  }

  close(): void {
    for (const wire of this.#wires.splice(0)) wire.destroy();
  }

  #connect(): Wire {
    // Each reader knows the whole sequence: a message that comes twice is a wrong one
    const reader = this.#makeReader();
    return new Wire({
      port: this.#plan.port,
      compression: this.#plan.compression,
      receive: (chunk) => this.#deliver(reader.read(chunk), chunk.length),
      gone: (error) => {
        this.#failure.note(error);
        this.#over.reject(error);
      },
    });
  }

  #next(): void {
    this.#missing = this.#plan.connections;
    this.#wires[0]!.socket.write(this.#ribbon.slice(this.#broadcasts++, 1));
  }

  #deliver(messages: number, bytes: number): void {
    this.#totals.messages += messages;
    this.#totals.bytes += bytes;
    this.#missing -= messages;
    if (this.#missing > 0 || messages === 0) return;
    if (this.#missing < 0) throw new Error("more deliveries came than there are connections");
    if (this.#isStopping) this.#over.resolve();
    else this.#next();
  }
}

/** Where the bytes that come are known beforehand. */
function exactReaders({ payload: kind }: BroadcastPlan, payloads: readonly Uint8Array[]): () => ReplyReader {
  const opcode = opcodeOf(kind);
  const frames = payloads.map((payload) => buildFrame({ opcode, payload }));
  if (frames.some(({ length }) => length !== frames[0]!.length))
    throw new TypeError("Cannot broadcast: without compression, messages must all be of one length");
  const expected = new ExpectedStream(frames, READ_SIZE);
  return () => new ExactReplyReader(expected);
}

/** Where a compressor decides them. All receivers have the same behind them: one history serves all. */
function parsedReaders({ payload, compression }: BroadcastPlan, payloads: readonly Uint8Array[]): () => ReplyReader {
  const windows = typeof compression === "object" ? { windowBits: compression.windowBits } : {};
  const options = {
    opcode: opcodeOf(payload),
    history: new ReplyHistory(payloads, windows),
    compression: true,
    // Nothing is that slow
    onPing: () => {},
  };
  return () => new ParsedReplyReader(options);
}
