/**
 * Requests to JetStream, as JSON: streams, and what is in them. Publishing is the client's.
 */

import { randomUUID } from "node:crypto";
import { ANSWER_TIMEOUT, type NatsConnection, type NatsMessage } from "./client.ts";

/** JetStream said no. */
export class JetStreamRefusal extends Error {
  override readonly name = "JetStreamRefusal";
  /** JetStream's own number for it. */
  readonly errorCode: number;

  constructor(errorCode: number, description: string) {
    super(description);
    this.errorCode = errorCode;
  }
}

export const ErrorCode = {
  NO_MESSAGE: 10_037,
  NO_STREAM: 10_059,
  /** Another publication came first. */
  WRONG_LAST_SEQUENCE: 10_071,
} as const;

export interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly max_msgs_per_subject: number;
  /** Nanoseconds. */
  readonly max_age: number;
  readonly [other: string]: unknown;
}

export interface StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** What is in a stream, read at once. */
export interface Reading {
  /** The server's time, in milliseconds since 1970. */
  readonly now: number;
  readonly messages: readonly (StoredMessage & { readonly time: number })[];
}

export class JetStreamApi {
  readonly #connection: NatsConnection;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** `undefined` if there is no such stream. */
  async stream(name: string): Promise<StreamConfig | undefined> {
    try {
      const { config } = await this.#ask(`STREAM.INFO.${name}`, {});
      return config as StreamConfig;
    } catch (error) {
      if (isRefusal(error, ErrorCode.NO_STREAM)) return undefined;
      throw error;
    }
  }

  async create(config: StreamConfig): Promise<void> {
    await this.#ask(`STREAM.CREATE.${config.name}`, config);
  }

  async update(config: StreamConfig): Promise<void> {
    await this.#ask(`STREAM.UPDATE.${config.name}`, config);
  }

  /** The names of the streams that take messages of this subject. */
  async streamsOf(subject: string): Promise<readonly string[]> {
    const { streams } = await this.#ask("STREAM.NAMES", { subject });
    return (streams as readonly string[] | null | undefined) ?? [];
  }

  async purge(name: string, subject: string): Promise<void> {
    await this.#ask(`STREAM.PURGE.${name}`, { filter: subject });
  }

  /** The latest message of a subject, or that with a sequence number. `undefined` if there is none. */
  async message(
    name: string,
    which: { readonly last_by_subj: string } | { readonly seq: number },
  ): Promise<StoredMessage | undefined> {
    try {
      const { message } = await this.#ask(`STREAM.MSG.GET.${name}`, which);
      const { subject, seq, data = "" } = message as { subject: string; seq: number; data?: string };
      return { subject, sequence: seq, data: Buffer.from(data, "base64") };
    } catch (error) {
      if (isRefusal(error, ErrorCode.NO_MESSAGE)) return undefined;
      throw error;
    }
  }

  /** How many messages {@link read} would give. */
  async count(name: string, subject: string): Promise<number> {
    const consumer = await this.#consumer(name, subject, { headers_only: true });
    this.#deleteConsumer(name, consumer.name);
    return consumer.pending;
  }

  /** All messages of the subjects, in order: of each subject the latest alone, if `lastOnly`. */
  async read(name: string, subject: string, { lastOnly }: { readonly lastOnly: boolean }): Promise<Reading> {
    const inbox = `_INBOX.${randomUUID()}`;
    const messages: ReturnType<typeof storedMessage>[] = [];
    const { promise: finished, resolve: finish } = deferred();
    const subscription = this.#connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null) return;
        const stored = storedMessage(message);
        messages.push(stored);
        if (stored.pending === 0) finish();
      },
    });
    try {
      const policy = lastOnly ? "last_per_subject" : "all";
      const consumer = await this.#consumer(name, subject, { deliver_subject: inbox, deliver_policy: policy });
      if (consumer.pending > 0 || messages.length > 0) await inTime(finished);
      this.#deleteConsumer(name, consumer.name);
      return { now: consumer.now, messages };
    } finally {
      subscription.unsubscribe();
    }
  }

  async #consumer(
    stream: string,
    subject: string,
    more: object,
  ): Promise<{ readonly name: string; readonly now: number; readonly pending: number }> {
    const config = {
      ack_policy: "none",
      deliver_policy: "all",
      filter_subject: subject,
      inactive_threshold: 30_000_000_000,
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      replay_policy: "instant",
      ...more,
    };
    const answer = await this.#ask(`CONSUMER.CREATE.${stream}`, { stream_name: stream, config });
    const { name, created, num_pending, delivered } = answer as {
      name: string;
      created: string;
      num_pending: number;
      delivered: { consumer_seq: number };
    };
    return { name, now: Date.parse(created), pending: num_pending + delivered.consumer_seq };
  }

  /** It would go by itself after a while. */
  #deleteConsumer(stream: string, name: string): void {
    this.#ask(`CONSUMER.DELETE.${stream}.${name}`, {}).catch(() => {});
  }

  async #ask(subject: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const options = { timeout: ANSWER_TIMEOUT };
    const { data } = await this.#connection.request(`$JS.API.${subject}`, JSON.stringify(body), options);
    const answer: unknown = JSON.parse(Buffer.from(data).toString());
    const { error, ...rest } = answer as { error?: { err_code?: number; description?: string } };
    if (error === undefined) return rest;
    throw new JetStreamRefusal(error.err_code ?? 0, error.description ?? "JetStream gave no reason");
  }
}

export function isRefusal(error: unknown, errorCode: number): boolean {
  return error instanceof JetStreamRefusal && error.errorCode === errorCode;
}

/** `$JS.ACK.<stream>.<consumer>.<delivered>.<sequence>.<sequence>.<time>.<pending>`; newer servers have two more in front. */
function storedMessage({ subject, reply = "", data }: NatsMessage) {
  const tokens = reply.split(".");
  const shift = tokens.length > 9 ? 2 : 0;
  const [sequence, time, pending] = [tokens[5 + shift], tokens[7 + shift], tokens[8 + shift]];
  return { subject, data, sequence: Number(sequence), time: Number(time) / 1_000_000, pending: Number(pending) };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function inTime(promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, ANSWER_TIMEOUT, new Error(`JetStream did not send all within ${ANSWER_TIMEOUT} ms`));
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
