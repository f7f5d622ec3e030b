/**
 * Clients that send a bomb: one message of few compressed bytes that would be many. Each must be closed with 1009 (RFC 6455,
 * section 7.4.1), and nothing else may come back.
 */
import { constants, deflateRawSync } from "node:zlib";
import { deferred, within } from "./deferred.ts";
import { BINARY, buildFrame, CLOSE } from "./frame.ts";
import { DRAIN_TIMEOUT, type Load, type Totals } from "./load.ts";
import type { BombPlan } from "./plan.ts";
import { Wire } from "./wire.ts";

const MB = 1_000_000;

/** 1009, "message too big". */
const TOO_BIG = 1009;

/** The first bytes of an unmasked Close frame and the code behind them. */
const CLOSE_HEADER = 0x80 | CLOSE;
const CLOSE_SIZE = 4;

export class BombLoad implements Load {
  readonly #plan: BombPlan;
  readonly #frame: Buffer;
  readonly #totals: Totals = { messages: 0, bytes: 0 };

  constructor(plan: BombPlan) {
    this.#plan = plan;
    this.#frame = buildFrame({
      opcode: BINARY,
      payload: compressedZeros(plan.megabytes),
      compressed: true,
      maskingKey: 0x2b7e1516,
    });
  }

  /** Nothing is kept open. */
  async open(): Promise<undefined> {}

  /** Nothing goes on by itself: bombs are sent by {@link exchange}. */
  start(): void {}

  count(): Totals {
    return { ...this.#totals };
  }

  async finish(): Promise<Totals> {
    return this.count();
  }

  /** One after another, each on a connection of its own. */
  async exchange(bombs: number): Promise<void> {
    for (let bomb = 0; bomb < bombs; bomb++) await this.#throwOne();
  }

  close(): void {}

  async #throwOne(): Promise<void> {
    const answered = deferred();
    const wire = new Wire({
      port: this.#plan.port,
      compression: true,
      receive: (chunk) => settleBy(chunk, answered),
      gone: (error) => answered.reject(error),
    });
    await wire.opened();
    wire.socket.write(this.#frame);
    await within(DRAIN_TIMEOUT, "a bomb was not answered", answered.promise);
    this.#totals.messages++;
    this.#totals.bytes += this.#frame.length;
    wire.destroy();
  }
}

function settleBy(chunk: Buffer, answered: ReturnType<typeof deferred>): void {
  const isClose = chunk.length >= CLOSE_SIZE && chunk[0] === CLOSE_HEADER;
  if (isClose && chunk.readUInt16BE(2) === TOO_BIG) answered.resolve();
  else answered.reject(new Error(`a bomb was answered with ${chunk.subarray(0, 32).toString("hex")}, expected 1009`));
}

/** DEFLATE data of so many millions of zero bytes, without the flush's last four bytes (RFC 7692, section 7.2.1). */
function compressedZeros(megabytes: number): Buffer {
  // What a flush ends begins at a byte: portions can be laid one after another
  const portion = deflateRawSync(Buffer.alloc(MB), { finishFlush: constants.Z_SYNC_FLUSH });
  return Buffer.concat(Array.from({ length: megabytes }, () => portion)).subarray(0, -4);
}
