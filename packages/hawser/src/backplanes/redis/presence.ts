/**
 * Who is present, in Redis: a hash of members and a sorted set of the times until when each is.
 */

import type { BackplanePresence, PresenceRecord } from "../../pubsub/backplane.ts";
import type { Evaluate } from "./history.ts";
import type { RedisNames } from "./names.ts";
import { COUNT, KEEP, LIST, REMOVE } from "./scripts.ts";

/** Members in one call: Redis does nothing else meanwhile. */
const BATCH = 500;

export function redisPresence(names: RedisNames, evaluate: Evaluate): BackplanePresence {
  const keys = (topic: string) => [names.until(topic), names.members(topic)];
  return {
    async keep(topic, members, ttl) {
      const calls = batches(members).map((batch) =>
        evaluate(KEEP, keys(topic), [`${Math.ceil(ttl)}`, ...batch.flatMap(({ id, data }) => [id, data])]),
      );
      await Promise.all(calls);
    },
    async remove(topic, ids) {
      await Promise.all(batches(ids).map((batch) => evaluate(REMOVE, keys(topic), batch)));
    },
    async list(topic) {
      return records(await evaluate(LIST, keys(topic), []));
    },
    async count(topic) {
      return Number(await evaluate(COUNT, keys(topic), []));
    },
  };
}

function batches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / BATCH);
  return Array.from({ length: count }, (_, index) => items.slice(index * BATCH, (index + 1) * BATCH));
}

function records(answer: unknown): readonly PresenceRecord[] {
  const fields = Array.isArray(answer) ? answer : [];
  return Array.from({ length: fields.length / 2 }, (_, index) => ({
    id: String(fields[2 * index]),
    data: String(fields[2 * index + 1]),
  }));
}
