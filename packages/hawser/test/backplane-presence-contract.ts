/**
 * What a backplane must do whose engine keeps who is present. Part of `backplane-contract.ts`.
 */

import type { BackplanePresence } from "hawser/pubsub";
import { describe, expect, test, vi } from "vitest";
import type { BackplaneUnderTest } from "./backplane-contract.ts";
import { startNode } from "./support/backplane-node.ts";

const TTL = 60_000;

export function backplanePresenceContract(
  name: string,
  open: () => Promise<BackplaneUnderTest>,
  topicOf: (text: string) => string,
): void {
  async function pair(): Promise<readonly [BackplanePresence, BackplanePresence] | undefined> {
    const engine = await open();
    if (!engine.keepsPresence) return undefined;
    const [a, b] = [await startNode(await engine.create()), await startNode(await engine.create())];
    return [a.backplane.presence!, b.backplane.presence!];
  }

  const byId = (records: readonly { readonly id: string; readonly data: string }[]) =>
    records.map(({ id, data }) => [id, data]).toSorted();

  describe(`${name}: presence`, () => {
    test("members of all processes, by topic, with what was said of them last", async () => {
      const sides = await pair();
      if (sides === undefined) return;
      const [a, b] = sides;
      const [topic, other] = [topicOf("room"), topicOf("hall")];
      expect([await a.list(topic), await b.count(topic)]).toEqual([[], 0]);
      await a.keep(topic, [{ id: "1", data: '{"name":"Ada"}' }], TTL);
      await b.keep(
        topic,
        [
          { id: "2", data: '"Grace ⚓"' },
          { id: "3", data: "null" },
        ],
        TTL,
      );
      await b.keep(other, [{ id: "1", data: "7" }], TTL);
      await a.keep(topic, [{ id: "1", data: '{"name":"Ada","away":true}' }], TTL);
      for (const side of sides) {
        expect(byId(await side.list(topic))).toEqual([
          ["1", '{"name":"Ada","away":true}'],
          ["2", '"Grace ⚓"'],
          ["3", "null"],
        ]);
        expect([await side.count(topic), await side.count(other)]).toEqual([3, 1]);
      }
      await a.remove(topic, ["1", "3", "nobody"]);
      await a.remove(topicOf("empty"), ["1"]);
      for (const side of sides) {
        expect(byId(await side.list(topic))).toEqual([["2", '"Grace ⚓"']]);
        expect([await side.count(topic), await side.count(other)]).toEqual([1, 1]);
      }
    });

    test("whoever is not kept is gone after its time, and whoever is stays", async () => {
      const sides = await pair();
      if (sides === undefined) return;
      const [a, b] = sides;
      const topic = topicOf("room");
      await a.keep(topic, [{ id: "quiet", data: "1" }], 300);
      await b.keep(topic, [{ id: "kept", data: "1" }], 300);
      expect(await b.count(topic)).toBe(2);
      await vi.waitFor(
        async () => {
          await b.keep(topic, [{ id: "kept", data: "1" }], 2_000);
          expect(byId(await a.list(topic))).toEqual([["kept", "1"]]);
        },
        { timeout: 15_000, interval: 50 },
      );
      expect(await a.count(topic)).toBe(1);
    });
  });
}
