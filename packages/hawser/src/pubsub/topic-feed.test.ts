import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HistoryPage, HistoryRequest } from "./backplane.ts";
import { HistoryLog } from "./history-log.ts";
import { type Position, type Publication, type StoredPublication, stored } from "./publication.ts";
import { TopicFeed } from "./topic-feed.ts";

const LIMITS = { maxCount: 1_000, maxAge: 1e9 };

function publication(data: string): Publication {
  return { topic: "t", kind: "message", data, key: undefined, compress: undefined };
}

/** An engine whose answers the test gives, and what a feed hands on. */
class Bench {
  log = new HistoryLog("one", LIMITS, 0);
  readonly limits: { maxCount: number; maxAge: number };
  readonly delivered: (readonly [offset: number, context: string | undefined])[] = [];
  readonly lost: Position[] = [];
  readonly questions: (() => void)[] = [];
  failures = 0;
  isAway = false;
  readonly feed: TopicFeed<string>;

  constructor({ isSlow = false, maxCount = 1_000, maxRecent = 0 } = {}) {
    this.limits = { maxCount, maxAge: 1e9 };
    this.feed = new TopicFeed(
      {
        history: (request) => (isSlow ? this.#later(request) : this.#page(request)),
        deliver: ({ offset }, context) => void this.delivered.push([offset, context]),
        lost: (position) => void this.lost.push({ ...position }),
        historyFailed: () => void this.failures++,
      },
      maxRecent,
    );
  }

  append(data = "x"): StoredPublication {
    return stored(publication(data), this.log.append(publication(data), this.limits, 0));
  }

  get offsets(): readonly number[] {
    return this.delivered.map(([offset]) => offset);
  }

  /** Answers what was asked, from what the engine has now. */
  async answer(): Promise<void> {
    for (const answer of this.questions.splice(0)) answer();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }

  #page(request: HistoryRequest): HistoryPage {
    if (this.isAway) throw new Error("away");
    return this.log.page(this.limits, request, 0);
  }

  #later(request: HistoryRequest): Promise<HistoryPage> {
    return new Promise((resolve, reject) => {
      this.questions.push(() => {
        try {
          resolve(this.#page(request));
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}

describe("an engine that answers at once", () => {
  test("and did not at the beginning: the next publication asks again", () => {
    const bench = new Bench();
    bench.isAway = true;
    bench.feed.catchUp();
    bench.isAway = false;
    bench.feed.accept(bench.append());
    expect([bench.offsets, bench.failures]).toEqual([[1], 1]);
  });

  test("begins where the topic stands, and hands on what follows", () => {
    const bench = new Bench();
    bench.append();
    bench.append();
    expect(bench.feed.catchUp()).toBeUndefined();
    expect(bench.feed.position).toEqual({ epoch: "one", offset: 2 });
    bench.feed.accept(bench.append(), "mine");
    bench.feed.accept(bench.append());
    expect(bench.delivered).toEqual([
      [3, "mine"],
      [4, undefined],
    ]);
  });

  test("what comes twice is handed on once", () => {
    const bench = new Bench();
    bench.feed.catchUp();
    const first = bench.append();
    for (let count = 0; count < 3; count++) bench.feed.accept(first);
    expect(bench.offsets).toEqual([1]);
  });

  test("what is missing is asked for, and the context of what came too early is kept", () => {
    const bench = new Bench();
    bench.feed.catchUp();
    const [a, b, c] = [bench.append(), bench.append(), bench.append()];
    bench.feed.accept(c!, "c");
    bench.feed.accept(a!, "a");
    bench.feed.accept(b!, "b");
    expect(bench.delivered).toEqual([
      [1, undefined],
      [2, undefined],
      [3, "c"],
    ]);
  });

  test("what is not kept any more is lost, and it goes on behind it", () => {
    const bench = new Bench({ maxCount: 2 });
    bench.feed.catchUp();
    bench.feed.accept(bench.append());
    for (let count = 0; count < 4; count++) bench.append();
    bench.feed.accept(bench.append());
    expect(bench.lost).toEqual([{ epoch: "one", offset: 5 }]);
    expect(bench.offsets).toEqual([1, 6]);
  });

  test("an engine that lost its memory begins another epoch, of which nothing is missed", () => {
    const bench = new Bench();
    bench.feed.catchUp();
    bench.feed.accept(bench.append());
    bench.log = new HistoryLog("two", LIMITS, 0);
    bench.append();
    bench.feed.accept(bench.append());
    expect(bench.lost).toEqual([{ epoch: "two", offset: 0 }]);
    expect(bench.offsets).toEqual([1, 1, 2]);
    expect(bench.feed.position).toEqual({ epoch: "two", offset: 2 });
  });

  test("an engine that is away is asked again at the next opportunity", () => {
    const bench = new Bench();
    bench.isAway = true;
    bench.feed.catchUp();
    expect([bench.failures, bench.feed.position]).toEqual([1, undefined]);
    bench.feed.accept(bench.append());
    bench.append();
    bench.isAway = false;
    bench.feed.catchUp();
    // What came first began it
    expect(bench.offsets).toEqual([1, 2]);
  });
});

describe("an engine that answers later", () => {
  test("what comes before its first answer is handed on after it, from the first of them on", async () => {
    const bench = new Bench({ isSlow: true });
    bench.append();
    void bench.feed.catchUp();
    const [a, b] = [bench.append(), bench.append()];
    bench.feed.accept(b!);
    bench.feed.accept(a!);
    expect(bench.offsets).toEqual([]);
    await bench.answer();
    expect(bench.offsets).toEqual([2, 3]);
  });

  test("is asked again if something came while it was asked that it may not have known of", async () => {
    const bench = new Bench({ isSlow: true });
    void bench.feed.catchUp();
    await bench.answer();
    const [a, b, c, d] = [bench.append(), bench.append(), bench.append(), bench.append()];
    bench.feed.accept(b!);
    bench.feed.accept(d!);
    await bench.answer();
    await bench.answer();
    expect(bench.offsets).toEqual([1, 2, 3, 4]);
    expect([a!.offset, c!.offset]).toEqual([1, 3]);
  });

  test("what follows after a gap that the engine has forgotten is asked for, though nothing is published any more", async () => {
    const bench = new Bench({ isSlow: true, maxCount: 1 });
    void bench.feed.catchUp();
    await bench.answer();
    const [, second, , fourth] = Array.from({ length: 4 }, () => bench.append());
    bench.feed.accept(second!);
    bench.feed.accept(fourth!);
    bench.append();
    for (let round = 0; round < 4; round++) await bench.answer();
    expect(bench.offsets).toEqual([2, 4, 5]);
    expect(bench.lost.map(({ offset }) => offset)).toEqual([1, 3]);
  });

  test("a page for one subscriber is news for all", async () => {
    const bench = new Bench({ isSlow: true, maxRecent: 2 });
    void bench.feed.catchUp();
    await bench.answer();
    const start = bench.feed.position!;
    for (let count = 0; count < 4; count++) bench.append();
    const page = bench.feed.pageAfter(start);
    // Nothing is missing as far as is known here
    expect(page).toMatchObject({ publications: [], isComplete: true });
    bench.feed.accept(bench.append());
    await bench.answer();
    expect(bench.offsets).toEqual([1, 2, 3, 4, 5]);
    expect(bench.feed.pageAfter({ epoch: "one", offset: 3 })).toMatchObject({
      offset: 5,
      publications: [{ offset: 4 }, { offset: 5 }],
      isComplete: true,
    });
    // Beyond what is held here
    const asked = bench.feed.pageAfter(start);
    expect(asked).toBeInstanceOf(Promise);
    await bench.answer();
    expect((await asked).publications).toHaveLength(5);
    const future = bench.feed.pageAfter({ epoch: "one", offset: 9 });
    await bench.answer();
    expect(await future).toMatchObject({ isComplete: false });
  });
});

/** What may happen between an engine and a feed. */
type Step = "publish" | "deliver" | "deliverLast" | "drop" | "answer" | "gap" | "forget";

test("whatever is delayed, turned round, doubled or dropped: every offset once, in order, or reported as lost", async () => {
  const steps = fc.array(
    fc.constantFrom<Step>("publish", "publish", "deliver", "deliver", "deliverLast", "drop", "answer", "gap", "forget"),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), fc.integer({ min: 1, max: 6 }), async (all, isSlow, maxCount) => {
      const bench = new Bench({ isSlow, maxCount });
      void bench.feed.catchUp();
      await bench.answer();
      let underWay: StoredPublication[] = [];
      let epochs = 1;
      const play: Record<Step, () => void | Promise<void>> = {
        publish: () => void underWay.push(bench.append()),
        deliver: () => underWay.length > 0 && bench.feed.accept(underWay.shift()!),
        deliverLast: () => underWay.length > 0 && bench.feed.accept(underWay.at(-1)!),
        drop: () => void underWay.shift(),
        answer: () => bench.answer(),
        gap: () => void bench.feed.catchUp(),
        forget: () => {
          bench.log = new HistoryLog(`epoch ${++epochs}`, LIMITS, 0);
          underWay = [];
        },
      } as Record<Step, () => void | Promise<void>>;
      for (const step of all) await play[step]();
      // At the end the link is well again
      void bench.feed.catchUp();
      for (let round = 0; round < 6; round++) await bench.answer();
      const latest = bench.log.page(LIMITS, { last: 0 }, 0);
      expect(bench.feed.position).toEqual({ epoch: latest.epoch, offset: latest.offset });
      let expected = 1;
      for (const offset of bench.offsets) {
        const isAfterLoss = bench.lost.some((position) => position.offset + 1 === offset);
        expect(offset === expected || isAfterLoss).toBe(true);
        expected = offset + 1;
      }
    }),
    { numRuns: 300 },
  );
});
