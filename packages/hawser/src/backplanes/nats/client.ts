/**
 * The clients `@nats-io/transport-node` and `@nats-io/jetstream`, by their shapes.
 */

export interface NatsMessage {
  readonly subject: string;
  readonly reply?: string | undefined;
  readonly data: Uint8Array;
}

export interface NatsSubscription {
  unsubscribe(): void;
}

/** What `connect()` of `@nats-io/transport-node` resolves to. */
export interface NatsConnection {
  publish(subject: string, payload?: Uint8Array): void;
  subscribe(
    subject: string,
    options: { readonly callback: (error: Error | null, message: NatsMessage) => void },
  ): NatsSubscription;
  request(subject: string, payload: string, options: { readonly timeout: number }): Promise<NatsMessage>;
  flush(): Promise<void>;
  status(): AsyncIterable<{ readonly type: string }>;
  closed(): Promise<unknown>;
  isClosed(): boolean;
  close(): Promise<void>;
}

/** What `jetstream()` of `@nats-io/jetstream` returns. */
export interface JetStreamClient {
  publish(
    subject: string,
    payload: Uint8Array,
    options: {
      readonly msgID?: string;
      readonly expect?: { readonly lastSubjectSequence: number };
      readonly timeout: number;
    },
  ): Promise<{ readonly seq: number; readonly duplicate?: boolean }>;
}

/** Milliseconds within which NATS answers, or has not done it. */
export const ANSWER_TIMEOUT = 4_000;
