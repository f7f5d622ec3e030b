/**
 * What a backplane must do when its engine goes away and comes back. Part of `backplane-contract.ts`.
 */

import { BackplaneError } from "hawser/pubsub";
import { describe, expect, test } from "vitest";
import type { BackplaneUnderTest } from "./backplane-contract.ts";
import { message, startNode } from "./support/backplane-node.ts";

export function backplaneLinkContract(
  name: string,
  open: () => Promise<BackplaneUnderTest>,
  topicOf: (text: string) => string,
): void {
  /** An engine that can be broken. */
  async function breakable(): Promise<Required<BackplaneUnderTest> | undefined> {
    const engine = await open();
    const { breakLink, restoreLink } = engine;
    return breakLink && restoreLink ? (engine as Required<BackplaneUnderTest>) : undefined;
  }

  const REFUSED = { name: "BackplaneError", code: expect.stringMatching(/^(DISCONNECTED|FAILED)$/) };

  describe(`${name}: an engine that goes away`, () => {
    test("is told of, what is published meanwhile is refused, and afterwards everything is as before", async () => {
      const engine = await breakable();
      if (engine === undefined) return;
      const [a, b] = [await startNode(await engine.create()), await startNode(await engine.create())];
      const [topic, later] = [topicOf("t"), topicOf("later")];
      await b.subscribe(topic);
      await a.publish(message(topic, "before"));
      await b.untilReceived(1);

      await engine.breakLink();
      await Promise.all([a.untilTold("disconnected"), b.untilTold("disconnected")]);
      const refused = a.publish(message(topic, "meanwhile"));
      await expect(refused).rejects.toMatchObject(REFUSED);
      await expect(refused).rejects.toBeInstanceOf(BackplaneError);
      await b.subscribe(later);

      await engine.restoreLink();
      await Promise.all([a.untilTold("connected"), b.untilTold("connected")]);
      await a.publish(message(topic, "after"));
      await a.publish(message(later, "after"));
      await b.untilReceived(3);
      expect([b.texts(topic), b.texts(later)]).toEqual([["before", "after"], ["after"]]);
      const told = b.events.map(({ type }) => type).filter((type) => type !== "received");
      expect(told).toEqual(["disconnected", "gap", "connected"]);
      expect(b.events.find(({ type }) => type === "gap")).toEqual({ type: "gap", topics: undefined });
      expect([...a.interruptions, ...b.interruptions]).toEqual([]);
    });

    test("may be away at the beginning", async () => {
      const engine = await breakable();
      if (engine === undefined) return;
      await engine.breakLink();
      const [a, b] = [await startNode(await engine.create()), await startNode(await engine.create())];
      await Promise.all([a.untilTold("disconnected"), b.untilTold("disconnected")]);
      const topic = topicOf("t");
      await b.subscribe(topic);
      await expect(a.publish(message(topic, "too early"))).rejects.toMatchObject(REFUSED);
      await engine.restoreLink();
      await Promise.all([a.untilTold("connected"), b.untilTold("connected")]);
      await a.publish(message(topic, "hello"));
      await b.untilReceived(1);
      expect(b.texts()).toEqual(["hello"]);
    });

    test("keeps its histories, or begins another epoch", async () => {
      const engine = await breakable();
      if (engine === undefined || !engine.keepsHistory) return;
      const limits = { maxCount: 10, maxAge: 60_000 };
      const a = await startNode(await engine.create());
      const topic = topicOf("t");
      const { position } = await a.publish(message(topic, "one"), limits);
      await engine.breakLink();
      await a.untilTold("disconnected");
      const asked = a.call(async (backplane) => backplane.history(topic, limits, { last: 0 }));
      await expect(asked).rejects.toMatchObject(REFUSED);
      if (engine.keepsPresence) {
        const counted = a.call(async ({ presence }) => presence!.count(topic));
        await expect(counted).rejects.toMatchObject(REFUSED);
      }
      await engine.restoreLink();
      await a.untilTold("connected");
      const page = await a.call((backplane) => backplane.history(topic, limits, { since: position! }));
      if (page.epoch === position!.epoch) expect([page.offset, page.isComplete]).toEqual([1, true]);
      else expect([page.offset, page.isComplete]).toEqual([0, false]);
    });

    test("and can be closed while it is away", async () => {
      const engine = await breakable();
      if (engine === undefined) return;
      const a = await startNode(await engine.create());
      await engine.breakLink();
      await a.untilTold("disconnected");
      await a.backplane.close();
      await engine.restoreLink();
      expect(a.events).toEqual([{ type: "disconnected" }]);
    });
  });
}
