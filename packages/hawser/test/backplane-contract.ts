/**
 * What every backplane must do: one suite for all of them. See `src/pubsub/backplane.ts`.
 */

import type { Backplane } from "hawser/pubsub";
import { describe, expect, test, vi } from "vitest";
import { backplaneHistoryContract } from "./backplane-history-contract.ts";
import { backplaneLinkContract } from "./backplane-link-contract.ts";
import { backplanePresenceContract } from "./backplane-presence-contract.ts";
import { type BackplaneNode, message, startNode } from "./support/backplane-node.ts";
import { bytes } from "./support/wire.ts";

/** An engine, and accesses to it as different processes have them. */
export interface BackplaneUnderTest {
  /** A further process's backplane, not started. The suite closes it. */
  create(): Promise<Backplane>;
  /** The engine can't be reached by anybody from now on. */
  breakLink?(): void | Promise<void>;
  /** It can again. What it knew may be lost. */
  restoreLink?(): void | Promise<void>;
  /** What the engine can't do. */
  readonly keepsHistory: boolean;
  readonly keepsPresence: boolean;
}

/** `topic` must be a prefix of its own for each run, where an engine outlives the run. */
export function backplaneContract(
  name: string,
  open: () => Promise<BackplaneUnderTest>,
  { topic: prefix = "" }: { readonly topic?: string } = {},
): void {
  let count = 0;
  /** A topic that no other test uses. */
  const topicOf = (text: string) => `${prefix}${++count} ${text}`;

  async function nodes(number: number): Promise<readonly BackplaneNode[]> {
    const engine = await open();
    return Promise.all(Array.from({ length: number }, async () => startNode(await engine.create())));
  }

  describe(`${name}: publications`, () => {
    test("reach the others that hear the topic, and neither the publisher nor anybody else", async () => {
      const [a, b, c, d] = (await nodes(4)) as [BackplaneNode, BackplaneNode, BackplaneNode, BackplaneNode];
      const topic = topicOf("news");
      const other = topicOf("other");
      await Promise.all([a, b, c].map((node) => node.subscribe(topic, other)));
      await d.subscribe(other);
      const receipt = await a.publish(message(topic, "one"));
      expect(receipt).toEqual({ position: undefined, isDuplicate: false });
      await b.publish(message(other, "end"));
      await a.publish(message(other, "end"));
      await Promise.all([a.untilReceived(1), b.untilReceived(2), c.untilReceived(3), d.untilReceived(2)]);
      expect([a.texts(topic), b.texts(topic), c.texts(topic), d.texts(topic)]).toEqual([[], ["one"], ["one"], []]);
      expect(b.received(topic)[0]).toEqual({
        type: "received",
        publication: message(topic, "one"),
        position: undefined,
      });
      expect(a.received()).toHaveLength(1);
    });

    test("of one publisher come in the order in which they were published, each once", async () => {
      const [a, b] = (await nodes(2)) as [BackplaneNode, BackplaneNode];
      const topics = [topicOf("x"), topicOf("y"), topicOf("z")];
      await b.subscribe(...topics);
      const expected = Array.from({ length: 300 }, (_, index) => `message ${index}`);
      await Promise.all(expected.map((text, index) => a.publish(message(topics[index % 3]!, text))));
      await b.untilReceived(300);
      for (const [index, topic] of topics.entries()) {
        expect(b.texts(topic)).toEqual(expected.filter((_, at) => at % 3 === index));
      }
      expect(b.received()).toHaveLength(300);
    });

    test.each<[what: string, more: Parameters<typeof message>[2] & { data: string | Uint8Array }]>([
      ["text", { data: "ahoy ⚓ \u0000 \n" }],
      ["nothing", { data: "" }],
      ["text that looks like an envelope", { data: '{"hawser":1,"type":"binary"}\nx' }],
      ["bytes of all values", { data: Uint8Array.from({ length: 256 }, (_, index) => index) }],
      ["no bytes", { data: new Uint8Array(0) }],
      ["200 KiB", { data: bytes(204_800) }],
      ["a key", { data: "x", key: 'a "key"' }],
      ["never compressed", { data: "x", compress: false }],
      ["always compressed", { data: "x", compress: true }],
      ["a member who came", { data: '{"id":"1","data":"null"}', kind: "join" }],
      ["a member who went", { data: '{"id":"1","data":"null"}', kind: "leave" }],
    ])("%s comes as it was published", async (what, { data, ...more }) => {
      const [a, b] = (await nodes(2)) as [BackplaneNode, BackplaneNode];
      const topic = topicOf(what);
      await b.subscribe(topic);
      await a.publish(message(topic, data, more));
      await b.untilReceived(1);
      const { publication } = b.received()[0]!;
      expect({ ...publication, data: undefined }).toEqual({ ...message(topic, "", more), data: undefined });
      expect(typeof publication.data).toBe(typeof data);
      expect(Buffer.compare(Buffer.from(publication.data), Buffer.from(data))).toBe(0);
    });

    test("topics with whatever names do not hear each other", async () => {
      const [a, b] = (await nodes(2)) as [BackplaneNode, BackplaneNode];
      const names = [
        "*",
        ">",
        "a.*",
        "a.b",
        "a b",
        "a/b",
        "a:b",
        "{a}",
        "a[bc]",
        "a?",
        "é",
        "🎉",
        "A",
        "$SYS",
        "%41",
        "_",
      ];
      const topics = [...names, "x".repeat(200)].map(topicOf);
      await b.subscribe(...topics);
      for (const topic of topics) await a.publish(message(topic, topic));
      await b.untilReceived(topics.length);
      expect(b.received().map(({ publication }) => [publication.topic, publication.data])).toEqual(
        topics.map((topic) => [topic, topic]),
      );
    });

    test("a topic is not heard any more after unsubscribing, and is again after subscribing", async () => {
      const [a, b] = (await nodes(2)) as [BackplaneNode, BackplaneNode];
      const [topic, other] = [topicOf("t"), topicOf("other")];
      await b.subscribe(topic, other);
      await a.publish(message(topic, "1"));
      await b.untilReceived(1);
      await b.call((backplane) => backplane.unsubscribe([topic]));
      await a.publish(message(topic, "2"));
      await a.publish(message(other, "between"));
      await b.untilReceived(1, other);
      await b.subscribe(topic);
      await a.publish(message(topic, "3"));
      await b.untilReceived(2, topic);
      expect(b.texts(topic)).toEqual(["1", "3"]);
    });

    test("a thousand topics in one call", async () => {
      const [a, b] = (await nodes(2)) as [BackplaneNode, BackplaneNode];
      const topics = Array.from({ length: 1_000 }, (_, index) => topicOf(`many ${index}`));
      await b.subscribe(...topics);
      await Promise.all([0, 500, 999].map((index) => a.publish(message(topics[index]!, "x"))));
      await b.untilReceived(3);
      await b.call((backplane) => backplane.unsubscribe(topics.slice(1)));
      await a.publish(message(topics[999]!, "y"));
      await a.publish(message(topics[0]!, "y"));
      await b.untilReceived(2, topics[0]);
      expect(b.received(topics[999])).toHaveLength(1);
    });

    test("nothing is told during a call, nor after the end", async () => {
      const [a, b, c] = (await nodes(3)) as [BackplaneNode, BackplaneNode, BackplaneNode];
      const topic = topicOf("t");
      await Promise.all([a, b, c].map((node) => node.subscribe(topic)));
      await b.backplane.close();
      await b.backplane.close();
      for (const node of [a, c]) await node.publish(message(topic, "x"));
      await Promise.all([a.untilReceived(1), c.untilReceived(1)]);
      expect(b.events).toEqual([]);
      expect([...a.interruptions, ...b.interruptions, ...c.interruptions]).toEqual([]);
    });

    test("a backplane begins once", async () => {
      const [a] = (await nodes(1)) as [BackplaneNode];
      await expect(a.call(async (backplane) => backplane.start(a.receiver))).rejects.toThrow(/^Cannot start: /);
      expect(a.backplane.name).toMatch(/^[a-z]+$/);
    });

    test("says what its engine can keep", async () => {
      const engine = await open();
      const node = await startNode(await engine.create());
      expect(node.backplane.keepsHistory).toBe(engine.keepsHistory);
      expect(node.backplane.presence !== undefined).toBe(engine.keepsPresence);
      if (engine.keepsHistory) return;
      const limits = { maxCount: 1, maxAge: 1_000 };
      const asked = node.call(async (backplane) => backplane.history(topicOf("t"), limits, { last: 0 }));
      await expect(asked).rejects.toThrow();
      await vi.waitFor(() => expect(node.interruptions).toEqual([]));
    });
  });

  backplaneHistoryContract(name, open, topicOf);
  backplanePresenceContract(name, open, topicOf);
  backplaneLinkContract(name, open, topicOf);
}
