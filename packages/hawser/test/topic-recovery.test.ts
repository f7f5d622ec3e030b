/**
 * Recovery, whatever happens in between: connections in memory, under a fake clock, on an engine that answers when it likes.
 */

import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { memoryEngine } from "hawser/pubsub";
import { connectedPair, FakeClock } from "hawser/testing";
import { expect, test } from "vitest";
import { silentLogger } from "../src/node/logger.ts";
import { TimingWheel } from "../src/node/timing-wheel.ts";
import { resolveTopics } from "../src/node/topic-options.ts";
import { ServerTopics } from "../src/node/topics.ts";
import { DelayedBackplane } from "./support/delayed-backplane.ts";

interface Place {
  readonly epoch: string;
  readonly offset: number;
}

/** What a client is sent: a publication with its place, or that some were lost before this place. */
interface Told extends Partial<Place> {
  readonly lost?: Place;
}

/** One connection of a client, from its subscription to its end. */
interface Stay {
  readonly since: Place | undefined;
  readonly told: Told[];
  result: ({ readonly recovered: boolean } & Partial<Place>) | undefined;
  hasEnded: boolean;
  readonly end: () => void;
}

/** Two processes on one engine, and clients that come and go. */
class Bench {
  readonly clock = new FakeClock();
  readonly engine = memoryEngine({ clock: this.clock });
  readonly backplanes = [0, 1].map(() => new DelayedBackplane(this.engine.backplane()));
  readonly processes: readonly ServerTopics[];
  readonly stays: Stay[][] = [[], []];

  constructor(maxCount: number) {
    const settingsOf = resolveTopics(
      {
        history: { maxCount },
        format: ({ epoch, offset }) => JSON.stringify({ epoch, offset }),
        lost: ({ epoch, offset }) => JSON.stringify({ lost: { epoch, offset } }),
      },
      "close",
    );
    const wheel = new TimingWheel(this.clock);
    this.processes = this.backplanes.map(
      (backplane) => new ServerTopics({ settingsOf, backplane, wheel, logger: silentLogger }),
    );
  }

  async start(): Promise<void> {
    for (const process of this.processes) await process.start();
  }

  publish(at: number): void {
    this.processes[at]!.publish("t", "x");
  }

  /** A client connects to a process, and asks for what it missed since it was told anything. */
  come(client: number, at: number): void {
    this.go(client);
    const { client: end, server: ws } = connectedPair({ clock: this.clock });
    const topics = this.processes[at]!;
    const since = this.#lastPlace(client);
    const stay: Stay = {
      since,
      told: [],
      result: undefined,
      hasEnded: false,
      end: () => {
        stay.hasEnded = true;
        topics.leave(ws);
        end.terminate();
        ws.terminate();
      },
    };
    this.stays[client]!.push(stay);
    void (async () => {
      for await (const message of end) stay.told.push(JSON.parse(String(message)) as Told);
    })().catch(() => {});
    void topics.subscribe(ws, "t", since === undefined ? {} : { since }).then((result) => {
      stay.result = result as Stay["result"];
    });
  }

  go(client: number): void {
    this.stays[client]!.at(-1)?.end();
  }

  /** Everything that is under way comes to its end. */
  async settle(rounds = 12): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const backplane of this.backplanes) {
        backplane.answer();
        backplane.hear();
      }
      await setImmediate();
    }
  }

  /** From where the client has everything: what it was told last, or where its first subscription began. */
  #lastPlace(client: number): Place | undefined {
    for (const { told, result } of this.stays[client]!.toReversed()) {
      const last = told.findLast(({ offset, lost }) => offset !== undefined || lost !== undefined);
      if (last?.lost !== undefined) return last.lost;
      if (last?.offset !== undefined) return { epoch: last.epoch!, offset: last.offset };
      if (result?.epoch !== undefined) return { epoch: result.epoch, offset: result.offset! };
    }
    return undefined;
  }
}

/** Every offset once and in order, from `since` on if it was recovered; after a loss that was told, from there on. */
function checkStay({ since, told, result }: Stay): void {
  let next = since === undefined ? undefined : { epoch: since.epoch, offset: since.offset + 1 };
  let mayJump = result?.recovered !== true;
  for (const { epoch, offset, lost } of told) {
    if (lost !== undefined) {
      next = { epoch: lost.epoch, offset: lost.offset + 1 };
    } else if (offset !== undefined) {
      const isNext = next?.epoch === epoch && next?.offset === offset;
      const isFirstLive = result?.epoch === epoch && result?.offset === offset - 1;
      // Nobody told where it begins: the engine was away, or the client was gone before
      expect(
        isNext || (mayJump && (isFirstLive || result?.epoch === undefined)),
        JSON.stringify({ since, told, result }),
      ).toBe(true);
      if (!isNext) mayJump = false;
      next = { epoch: epoch!, offset: offset + 1 };
    }
  }
}

type Step =
  | { readonly do: "publish"; readonly at: number }
  | { readonly do: "come"; readonly client: number; readonly at: number }
  | { readonly do: "go"; readonly client: number }
  | { readonly do: "answer"; readonly at: number }
  | { readonly do: "hear"; readonly at: number; readonly isReversed: boolean }
  | { readonly do: "turn" }
  | { readonly do: "settle" }
  | { readonly do: "away" }
  | { readonly do: "back"; readonly isEmpty: boolean };

const at = fc.nat({ max: 1 });
const client = fc.nat({ max: 1 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("publish" as const), at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("come" as const), client, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("go" as const), client }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("answer" as const), at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("hear" as const), at, isReversed: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("turn" as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
);
const failures: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: steps },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("away" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("back" as const), isEmpty: fc.boolean() }) },
);

async function play(bench: Bench, step: Step): Promise<void> {
  switch (step.do) {
    case "publish":
      return bench.publish(step.at);
    case "come":
      return bench.come(step.client, step.at);
    case "go":
      return bench.go(step.client);
    case "answer":
      return bench.backplanes[step.at]!.answer();
    case "hear":
      return bench.backplanes[step.at]!.hear(step);
    case "turn":
      return void (await setImmediate());
    case "settle":
      return bench.settle();
    case "away":
      return bench.engine.goAway();
    case "back":
      return bench.engine.comeBack(step);
  }
}

test.each([
  ["a well engine", steps],
  ["an engine that goes away and forgets", failures],
])("%s: every offset exactly once, or recovered: false", async (_name, step) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80, size: "max" }),
      fc.integer({ min: 1, max: 30 }),
      async (all, maxCount) => {
        const bench = new Bench(maxCount);
        await bench.start();
        for (const one of all) await play(bench, one);
        bench.engine.comeBack();
        await bench.settle();
        for (const stays of bench.stays) for (const stay of stays) checkStay(stay);
        // Those who are there at the end hear what is published now, and had everything before it
        bench.publish(0);
        await bench.settle();
        const { epoch, offset } = bench.engine.history("t", { maxCount: 1, maxAge: 1e9 }, { last: 0 });
        for (const stay of bench.stays.flat()) {
          checkStay(stay);
          if (!stay.hasEnded) expect(stay.told.at(-1)).toEqual({ epoch, offset });
          stay.end();
        }
      },
    ),
    { numRuns: 150 },
  );
});
