/** Clients that send as fast as the server takes it, and expect nothing in return. */
import { within } from "./deferred.ts";
import { Flood, layRun } from "./flood.ts";
import { buildClientFrames } from "./frame.ts";
import { DRAIN_TIMEOUT, FirstFailure, inBatches, type Load, type Totals } from "./load.ts";
import { makePayloads } from "./payload.ts";
import type { FloodPlan } from "./plan.ts";
import { Wire } from "./wire.ts";

export class FloodLoad implements Load {
  readonly #plan: FloodPlan;
  readonly #wires: Wire[] = [];
  readonly #floods: Flood[] = [];
  readonly #failure = new FirstFailure();

  constructor(plan: FloodPlan) {
    this.#plan = plan;
  }

  async open(): Promise<undefined> {
    const { port, connections, payload, size } = this.#plan;
    const run = layRun(buildClientFrames(makePayloads(payload, size), payload, false));
    await inBatches(connections, async () => {
      const wire = new Wire({ port, compression: false, receive: refuse, gone: this.#failure.note });
      this.#wires.push(wire);
      this.#floods.push(new Flood(wire.socket, run));
      await wire.opened();
    });
  }

  start(): void {
    for (const flood of this.#floods) flood.start();
  }

  count(): Totals {
    this.#failure.throwIfAny();
    const messages = this.#floods.reduce((sum, { sent }) => sum + sent, 0);
    return { messages, bytes: messages * this.#plan.size };
  }

  async finish(): Promise<Totals> {
    const stopped = Promise.all(this.#floods.map((flood) => flood.stop()));
    await within(DRAIN_TIMEOUT, "the server does not take what was sent", stopped);
    return this.count();
  }

  close(): void {
    for (const wire of this.#wires.splice(0)) wire.destroy();
  }
}

function refuse(): never {
  throw new Error("the server sent something, and was to be silent");
}
