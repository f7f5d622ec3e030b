import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NatsConnection } from "./client.ts";
import { NatsLink } from "./link.ts";

/** A connection to a server that answers when the test says so. */
class FakeConnection implements NatsConnection {
  answers = true;
  isEnded = false;
  #waiting: (() => void)[] = [];
  #tell: (type: string) => void = () => {};

  answer(): void {
    this.answers = true;
    for (const done of this.#waiting.splice(0)) done();
  }

  tell(type: string): void {
    this.#tell(type);
  }

  flush(): Promise<void> {
    return this.answers ? Promise.resolve() : new Promise((done) => void this.#waiting.push(done));
  }

  async *status(): AsyncGenerator<{ readonly type: string }> {
    for (;;) yield { type: await new Promise<string>((tell) => (this.#tell = tell)) };
  }

  async close(): Promise<void> {
    this.isEnded = true;
  }

  closed = () => new Promise<never>(() => {});
  isClosed = () => this.isEnded;
  publish(): void {}
  subscribe = () => ({ unsubscribe: () => {} });
  request = () => Promise.reject(new Error("not asked"));
}

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the link to NATS", () => {
  function linkTo(connection: NatsConnection | (() => Promise<NatsConnection>)) {
    const told: string[] = [];
    const link = new NatsLink(connection, {
      opened: () => void told.push("opened"),
      lost: () => void told.push("lost"),
      regained: () => void told.push("regained"),
    });
    return { link, told };
  }

  test("a connection that was handed in and answers late is subscribed with once", async () => {
    const connection = new FakeConnection();
    connection.answers = false;
    const { link, told } = linkTo(connection);
    void link.start();
    await later(20_000);
    expect(told).toEqual(["opened", "lost"]);
    connection.answer();
    await later(10_000);
    expect(told).toEqual(["opened", "lost", "regained"]);
    await link.close();
    expect(connection.isEnded).toBe(false);
  });

  test("one that was made and does not answer is closed before the next is made", async () => {
    const made: FakeConnection[] = [];
    const { link, told } = linkTo(async () => {
      const connection = new FakeConnection();
      connection.answers = made.length > 0;
      made.push(connection);
      return connection;
    });
    void link.start();
    await later(10_000);
    expect(told).toEqual(["opened", "lost", "opened", "regained"]);
    expect(made.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    await link.close();
  });

  test("a server that comes back and answers much later is taken for there then", async () => {
    const connection = new FakeConnection();
    const { link, told } = linkTo(connection);
    await link.start();
    connection.tell("disconnect");
    await later(0);
    connection.answers = false;
    connection.tell("reconnect");
    await later(60_000);
    expect(told).toEqual(["opened", "lost"]);
    connection.answer();
    await later(0);
    expect(told).toEqual(["opened", "lost", "regained"]);
    await link.close();
  });

  test("who waits for subscriptions does not wait for a server that is gone", async () => {
    const connection = new FakeConnection();
    const { link } = linkTo(connection);
    await link.start();
    connection.answers = false;
    const settled = link.settled();
    await later(15_000);
    await settled;
    await link.settled();
    await link.close();
  });
});
