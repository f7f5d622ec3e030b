/**
 * Who is present, in JetStream: for each time to live a stream in memory as a key-value bucket is one, whose messages go by
 * themselves when it is over. Of a member there is one message, the latest.
 */

import type { BackplanePresence, PresenceRecord } from "../../pubsub/backplane.ts";
import { bufferOf } from "../buffer-of.ts";
import { ANSWER_TIMEOUT, type JetStreamClient } from "./client.ts";
import type { JetStreamApi, Reading } from "./jetstream-api.ts";
import { Streams } from "./streams.ts";
import { type NatsSubjects, textOf } from "./subjects.ts";

/** Milliseconds; JetStream takes nothing shorter. */
const MIN_TTL = 100;

const NANOSECONDS = 1_000_000;

export function natsPresence(
  api: JetStreamApi,
  client: JetStreamClient,
  { subjects, replicas }: { readonly subjects: NatsSubjects; readonly replicas: number },
): BackplanePresence {
  const streams = new Streams(api);
  const streamsOf = (topic: string) => api.streamsOf(subjects.member("*", topic));

  async function removeFrom(names: readonly string[], topic: string, ids: readonly string[]): Promise<void> {
    await Promise.all(
      names.flatMap((name) => ids.map((id) => api.purge(name, subjects.member(timeOf(name), topic, id)))),
    );
  }

  return {
    async keep(topic, members, ttl) {
      const time = Math.max(Math.ceil(ttl), MIN_TTL);
      const name = subjects.presenceStream(time);
      await streams.ensure(bucket(name, subjects.members(time), time, replicas));
      const others = (await streamsOf(topic)).filter((other) => other !== name);
      const publications = members.map(({ id, data }) =>
        client.publish(subjects.member(time, topic, id), Buffer.from(data), { timeout: ANSWER_TIMEOUT }),
      );
      await Promise.all(publications);
      const ids = members.map(({ id }) => id);
      await removeFrom(others, topic, ids);
    },
    async remove(topic, ids) {
      await removeFrom(await streamsOf(topic), topic, ids);
    },
    async list(topic) {
      const read = (name: string) => api.read(name, subjects.member(timeOf(name), topic), { lastOnly: true });
      return recordsOf(await Promise.all((await streamsOf(topic)).map(read)));
    },
    async count(topic) {
      const count = (name: string) => api.count(name, subjects.member(timeOf(name), topic));
      const counts = await Promise.all((await streamsOf(topic)).map(count));
      return counts.reduce((sum, one) => sum + one, 0);
    },
  };
}

/** The time to live, with which the name of its stream ends. */
function timeOf(name: string): number {
  return Number(name.slice(name.lastIndexOf("_") + 1));
}

function bucket(name: string, subject: string, ttl: number, replicas: number) {
  return {
    name,
    subjects: [subject],
    max_msgs_per_subject: 1,
    max_age: ttl * NANOSECONDS,
    duplicate_window: Math.min(ttl, 1_000) * NANOSECONDS,
    storage: "memory",
    num_replicas: replicas,
    discard: "old",
  };
}

/** Of a member that is kept for two different times, the latest. */
function recordsOf(readings: readonly Reading[]): readonly PresenceRecord[] {
  const messages = readings.flatMap((reading) => reading.messages).toSorted((one, other) => one.time - other.time);
  const records = new Map<string, PresenceRecord>();
  for (const { subject, data } of messages) {
    const id = textOf(subject.slice(subject.lastIndexOf(".") + 1));
    records.set(id, { id, data: bufferOf(data).toString() });
  }
  return [...records.values()];
}
