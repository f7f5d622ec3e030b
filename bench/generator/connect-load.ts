/**
 * Clients that come and go: handshake, Close frame, the server's Close frame, the server's end of the TCP connection (RFC
 * 6455, section 7.1.1: the server closes it first), and again.
 */
import { type Deferred, deferred, within } from "./deferred.ts";
import { buildFrame, CLOSE } from "./frame.ts";
import { DRAIN_TIMEOUT, FirstFailure, inBatches, type Load, type Totals } from "./load.ts";
import type { ConnectPlan } from "./plan.ts";
import { Wire } from "./wire.ts";

/** 1000, normal closure. */
const STATUS = Buffer.from([0x03, 0xe8]);
const REQUEST = buildFrame({ opcode: CLOSE, payload: STATUS, maskingKey: 0x5ca1ab1e });
const REPLY = buildFrame({ opcode: CLOSE, payload: STATUS });

export class ConnectLoad implements Load {
  readonly #plan: ConnectPlan;
  readonly #totals: Totals = { messages: 0, bytes: 0 };
  readonly #failure = new FirstFailure();
  #over: Promise<unknown> = Promise.resolve();
  #isStopping = false;

  constructor(plan: ConnectPlan) {
    this.#plan = plan;
  }

  /** Nothing is kept open; a first connection shows that the server answers. */
  async open(): Promise<undefined> {
    await inBatches(1, () => this.#visit());
  }

  start(): void {
    const visitors = Array.from({ length: this.#plan.connections }, () => this.#visitAgainAndAgain());
    this.#over = Promise.all(visitors).catch(this.#failure.note);
  }

  count(): Totals {
    this.#failure.throwIfAny();
    return { ...this.#totals };
  }

  async finish(): Promise<Totals> {
    this.#isStopping = true;
    await within(DRAIN_TIMEOUT, "connections are left open: the server did not close every one", this.#over);
    return this.count();
  }

  close(): void {
    this.#isStopping = true;
  }

  async #visitAgainAndAgain(): Promise<void> {
    while (!this.#isStopping) await this.#visit();
  }

  async #visit(): Promise<void> {
    const closed = deferred();
    let reply: Buffer = Buffer.alloc(0);
    const wire = new Wire({
      port: this.#plan.port,
      compression: false,
      receive: (chunk) => {
        reply = Buffer.concat([reply, chunk]);
      },
      gone: (error) => settle(closed, reply, error),
    });
    await wire.opened();
    wire.socket.write(REQUEST);
    await closed.promise;
    this.#totals.messages++;
    this.#totals.bytes += reply.length;
  }
}

function settle(closed: Deferred, reply: Buffer, error: Error): void {
  if (reply.equals(REPLY)) closed.resolve();
  else closed.reject(new Error(`a connection was not closed by a Close frame of 1000: ${error.message}`));
}
