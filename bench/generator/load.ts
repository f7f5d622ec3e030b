/** What a load is: many connections that are opened together and kept busy together. And what they have in common. */

/** What the connections of a load have done together. */
export interface Totals {
  /** Replies, deliveries or closed connections; of a load in one direction, messages sent. */
  messages: number;
  bytes: number;
}

export interface Load {
  /** Opens all connections; resolves to the port if it is the load that listens. Rejects with the first failure. */
  open(): Promise<number | undefined>;
  /** Keeps all connections busy until {@link finish}. */
  start(): void;
  /** What was done so far. Throws if a connection failed or a reply was wrong. */
  count(): Totals;
  /** Begins nothing more, and waits until what was begun is done. Rejects if something is missing. */
  finish(): Promise<Totals>;
  /** Lets every connection exchange so many messages, one at a time and in turn. */
  exchange?(messages: number): Promise<void>;
  /** Opens further connections beside those that are open. */
  more?(connections: number): Promise<void>;
  /** Ends all but so many of the connections that were opened last; those that stay lie far apart. */
  thin?(connections: number): void;
  /** Ends all connections. */
  close(): void;
}

/** How long what is under way may take to come in after the last message (ms). */
export const DRAIN_TIMEOUT = 10_000;

/** Handshakes or exchanges under way at a time when all connections are gone through: under a listener's usual backlog. */
const ABREAST = 100;

/** Calls `work` for 0 to `count - 1`, a bounded number of them at a time. */
export async function inBatches(count: number, work: (index: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += ABREAST) {
    const batch = Array.from({ length: Math.min(ABREAST, count - first) }, (_, index) => work(first + index));
    await Promise.all(batch);
  }
}

/** Remembers the first failure, and lets {@link Load.count} throw it. */
export class FirstFailure {
  #error: Error | undefined;

  readonly note = (error: Error): void => {
    this.#error ??= error;
  };

  throwIfAny(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}
