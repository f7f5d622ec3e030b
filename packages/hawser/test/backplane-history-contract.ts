/**
 * What a backplane must do whose engine keeps histories. Part of `backplane-contract.ts`.
 */

import type { HistoryPage, HistoryRequest } from "hawser/pubsub";
import { describe, expect, test, vi } from "vitest";
import type { BackplaneUnderTest } from "./backplane-contract.ts";
import { type BackplaneNode, message, startNode } from "./support/backplane-node.ts";

const LIMITS = { maxCount: 1_000, maxAge: 60_000 };

export function backplaneHistoryContract(
  name: string,
  open: () => Promise<BackplaneUnderTest>,
  topicOf: (text: string) => string,
): void {
  /** `undefined` if the engine keeps nothing. */
  async function pair(): Promise<readonly [BackplaneNode, BackplaneNode] | undefined> {
    const engine = await open();
    if (!engine.keepsHistory) return undefined;
    return [await startNode(await engine.create()), await startNode(await engine.create())];
  }

  function ask(node: BackplaneNode, topic: string, request: HistoryRequest, limits = LIMITS): Promise<HistoryPage> {
    return node.call((backplane) => backplane.history(topic, limits, request));
  }

  const summary = ({ publications }: HistoryPage) => publications.map(({ offset, data }) => [offset, data]);

  describe(`${name}: history`, () => {
    test("a topic that nothing was published to has an epoch and the offset 0", async () => {
      const nodes = await pair();
      if (nodes === undefined) return;
      const topic = topicOf("new");
      const page = await ask(nodes[0], topic, { last: 10 });
      expect(page).toEqual({ epoch: expect.stringMatching(/./), offset: 0, publications: [], isComplete: true });
      expect(await ask(nodes[1], topic, { since: page })).toEqual(page);
      const { position } = await nodes[1].publish(message(topic, "first"), LIMITS);
      expect(position).toEqual({ epoch: page.epoch, offset: 1 });
    });

    test("publishers share the offsets: 1, 2, 3, ..., each once, and everybody hears and reads the same", async () => {
      const nodes = await pair();
      if (nodes === undefined) return;
      const topic = topicOf("shared");
      for (const node of nodes) await node.subscribe({ topic, history: LIMITS });
      const texts = Array.from({ length: 60 }, (_, index) => `message ${index}`);
      const receipts = await Promise.all(
        texts.map((text, index) => nodes[index % 2]!.publish(message(topic, text), LIMITS)),
      );
      const offsets = receipts.map(({ position }) => position!.offset);
      expect(offsets.toSorted((a, b) => a - b)).toEqual(texts.map((_, index) => index + 1));
      expect(new Set(receipts.map(({ position }) => position!.epoch)).size).toBe(1);
      const written = new Map(texts.map((text, index) => [offsets[index]!, text]));
      const page = await ask(nodes[0], topic, { last: 100 });
      expect(summary(page)).toEqual(texts.map((_, index) => [index + 1, written.get(index + 1)]));
      for (const node of nodes) await node.untilReceived(30);
      for (const [index, node] of nodes.entries()) {
        const heard = new Map(node.received().map(({ publication, position }) => [position!.offset, publication.data]));
        const others = texts.filter((_, at) => at % 2 !== index);
        expect([...heard.values()].toSorted()).toEqual(others.toSorted());
        for (const [offset, data] of heard) expect(written.get(offset)).toBe(data);
      }
    });

    test("since, and last", async () => {
      const nodes = await pair();
      if (nodes === undefined) return;
      const topic = topicOf("pages");
      const bytes = Uint8Array.of(0, 255);
      await nodes[0].publish(message(topic, "one", { compress: false }), LIMITS);
      const { position } = await nodes[0].publish(message(topic, bytes), LIMITS);
      await nodes[1].publish(message(topic, "three"), LIMITS);
      const { epoch } = position!;
      const [since, last, none, all] = await Promise.all([
        ask(nodes[1], topic, { since: { epoch, offset: 1 } }),
        ask(nodes[1], topic, { last: 2 }),
        ask(nodes[0], topic, { last: 0 }),
        ask(nodes[0], topic, { since: { epoch, offset: 0 } }),
      ]);
      expect([since, last, none, all].map((page) => [page.epoch, page.offset, page.isComplete])).toEqual(
        Array(4).fill([epoch, 3, true]),
      );
      expect(since!.publications.map(({ offset, data }) => [offset, typeof data])).toEqual([
        [2, "object"],
        [3, "string"],
      ]);
      expect(Buffer.from(since!.publications[0]!.data)).toEqual(Buffer.from(bytes));
      expect(last!.publications.map(({ offset }) => offset)).toEqual([2, 3]);
      expect(none!.publications).toEqual([]);
      expect(all!.publications[0]).toEqual({ ...message(topic, "one", { compress: false }), epoch, offset: 1 });
    });

    test("what is forgotten is not complete: beyond maxCount, of another epoch, from the future", async () => {
      const nodes = await pair();
      if (nodes === undefined) return;
      const topic = topicOf("forgotten");
      const limits = { maxCount: 3, maxAge: 60_000 };
      let epoch = "";
      for (let index = 1; index <= 10; index++) {
        const { position } = await nodes[0].publish(message(topic, `${index}`), limits);
        epoch = position!.epoch;
      }
      const since = (offset: number, of = epoch) => ask(nodes[1], topic, { since: { epoch: of, offset } }, limits);
      expect(summary(await since(7))).toEqual([
        [8, "8"],
        [9, "9"],
        [10, "10"],
      ]);
      const pages = await Promise.all([since(6), since(0), since(11), since(9, "another")]);
      for (const page of pages) expect(page).toEqual({ epoch, offset: 10, publications: [], isComplete: false });
      expect(await since(10)).toEqual({ epoch, offset: 10, publications: [], isComplete: true });
      expect((await ask(nodes[1], topic, { last: 100 }, limits)).publications).toHaveLength(3);
    });

    test("and beyond maxAge; offsets go on, or the epoch is another one", async () => {
      const nodes = await pair();
      if (nodes === undefined) return;
      const topic = topicOf("old");
      const limits = { maxCount: 100, maxAge: 200 };
      const { position } = await nodes[0].publish(message(topic, "old"), limits);
      await vi.waitFor(
        async () => {
          const { publications } = await ask(nodes[1], topic, { last: 10 }, limits);
          expect(publications).toEqual([]);
        },
        { timeout: 15_000, interval: 50 },
      );
      const next = await nodes[0].publish(message(topic, "new"), limits);
      if (next.position!.epoch === position!.epoch) expect(next.position!.offset).toBe(2);
      const page = await ask(nodes[1], topic, { since: { ...position!, offset: 0 } }, limits);
      expect(page.isComplete).toBe(false);
    });

    test("a key is taken once, whoever publishes", async () => {
      const nodes = await pair();
      if (nodes === undefined) return;
      const topic = topicOf("keys");
      for (const node of nodes) await node.subscribe({ topic, history: LIMITS });
      const first = await nodes[0].publish(message(topic, "paid", { key: "order 1" }), LIMITS);
      expect(first.isDuplicate).toBe(false);
      for (const node of nodes) {
        const again = await node.publish(message(topic, "paid again", { key: "order 1" }), LIMITS);
        expect(again).toEqual({ position: first.position, isDuplicate: true });
      }
      const other = await nodes[1].publish(message(topic, "other key", { key: "order 2" }), LIMITS);
      expect(other).toEqual({ position: { ...first.position, offset: 2 }, isDuplicate: false });
      const elsewhere = await nodes[1].publish(message(topicOf("keys"), "same key", { key: "order 1" }), LIMITS);
      expect(elsewhere.isDuplicate).toBe(false);
      await Promise.all(nodes.map((node) => node.untilReceived(1, topic)));
      expect(nodes.map((node) => node.texts(topic))).toEqual([["other key"], ["paid"]]);
      expect(summary(await ask(nodes[0], topic, { last: 10 }))).toEqual([
        [1, "paid"],
        [2, "other key"],
      ]);
    });

    test("what is not kept goes past the history, on the same topic", async () => {
      const nodes = await pair();
      if (nodes === undefined) return;
      const topic = topicOf("mixed");
      await nodes[1].subscribe({ topic, history: LIMITS });
      await nodes[0].publish(message(topic, "kept"), LIMITS);
      await nodes[0].publish(message(topic, '{"id":"1","data":"null"}', { kind: "join" }));
      await nodes[0].publish(message(topic, "kept too"), LIMITS);
      await nodes[1].untilReceived(3, topic);
      const places = nodes[1].received(topic).map(({ publication, position }) => [publication.kind, position?.offset]);
      expect(places.toSorted()).toEqual([
        ["join", undefined],
        ["message", 1],
        ["message", 2],
      ]);
      expect((await ask(nodes[0], topic, { last: 10 })).publications).toHaveLength(2);
    });
  });
}
