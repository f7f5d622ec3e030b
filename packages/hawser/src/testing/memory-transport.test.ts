import { describe, expect, test } from "vitest";
import { inMemory } from "../../test/support/transport-pairs.ts";
import { transportEndsContract } from "../../test/transport-ends-contract.ts";
import { transportReadsContract } from "../../test/transport-reads-contract.ts";
import type { TransportSink } from "../node/transport.ts";
import { FakeClock } from "./fake-clock.ts";
import { type LinkOptions, MemoryLink, type MemoryTransport } from "./memory-transport.ts";

/** What one end was told, as text. */
class Log implements TransportSink {
  readonly entries: string[] = [];

  received(bytes: Uint8Array): void {
    this.entries.push(Buffer.from(bytes).toString());
  }
  receivedEnd(): void {
    this.entries.push("END");
  }
  drained(): void {
    this.entries.push("DRAINED");
  }
  ended(error: Error | undefined): void {
    this.entries.push(`ENDED ${error?.message ?? "well"}`);
  }
}

function setUp(options?: LinkOptions) {
  const clock = new FakeClock();
  const link = new MemoryLink(clock, options);
  const client = new Log();
  const server = new Log();
  link.client.attach(client);
  link.server.attach(server);
  return { clock, link, client, server };
}

function write(transport: MemoryTransport, text: string): void {
  const bytes = Buffer.from(text);
  transport.reserve(bytes.length);
  transport.bytes.set(bytes, transport.end);
  transport.end += bytes.length;
}

transportReadsContract("memory", inMemory);
transportEndsContract("memory", inMemory, true);

describe("delivery", () => {
  test("without a delay: all of a turn at once, and never inside the call that sends", async () => {
    const { clock, link, server } = setUp();
    write(link.client, "ab");
    write(link.client, "cd");
    link.client.append(Buffer.from("ef"));
    link.client.flush();
    expect(server.entries).toEqual([]);
    await clock.advance(0);
    expect(server.entries).toEqual(["abcd", "ef"]);
  });

  test("with a delay of each direction", async () => {
    const { clock, link, client, server } = setUp({ delay: 10, toClient: { delay: 30 } });
    write(link.client, "to server");
    write(link.server, "to client");
    await clock.advance(9);
    expect(server.entries).toEqual([]);
    await clock.advance(1);
    expect(server.entries).toEqual(["to server"]);
    await clock.advance(20);
    expect(client.entries).toEqual(["to client"]);
  });

  test("what is sent with less delay overtakes nothing", async () => {
    const { clock, link, server } = setUp({ delay: 10 });
    write(link.client, "first");
    link.client.flush();
    link.setDelay(0);
    write(link.client, "second");
    await clock.advance(9);
    expect(server.entries).toEqual([]);
    await clock.advance(1);
    expect(server.entries).toEqual(["first", "second"]);
  });

  test.each([
    ["pieces of a number of bytes", 2, ["ab", "cd", "e"]],
    ["pieces by a function", (available: number) => available - 1, ["abcd", "e"]],
  ])("%s", async (_name, chop, pieces) => {
    const { clock, link, server } = setUp({ chop });
    write(link.client, "abcde");
    await clock.advance(0);
    expect(server.entries).toEqual(pieces);
  });

  test("a receiver's changes to the bytes do not reach the sender's memory", async () => {
    const { clock, link } = setUp();
    const erasing = new Log();
    erasing.received = (bytes) => void bytes.fill(0);
    link.server.attach(erasing);
    const sent = Buffer.from("abc");
    link.client.append(sent);
    await clock.advance(0);
    expect(sent.toString()).toBe("abc");
  });
});

describe("back-pressure", () => {
  test("a paused receiver stops the delivery; what does not fit in the capacity is buffered", async () => {
    const { clock, link, client, server } = setUp({ capacity: 4, chop: 2 });
    link.server.pause();
    write(link.client, "abcdef");
    link.client.flush();
    await clock.advance(500);
    expect(server.entries).toEqual([]);
    expect(link.client.bufferedAmount).toBe(2);
    expect(link.client.stalledFor).toBe(500);
    link.server.resume();
    await clock.advance(0);
    expect(server.entries).toEqual(["ab", "cd", "ef"]);
    expect(client.entries).toEqual(["DRAINED"]);
    expect(link.client.bufferedAmount).toBe(0);
    expect(link.client.stalledFor).toBe(0);
  });

  test("a receiver that pauses between two pieces gets no further one", async () => {
    const { clock, link, server } = setUp({ chop: 1 });
    const pausing = new Log();
    pausing.received = (bytes) => {
      server.received(bytes);
      link.server.pause();
    };
    link.server.attach(pausing);
    write(link.client, "ab");
    await clock.advance(0);
    expect(server.entries).toEqual(["a"]);
  });

  test("much that waits is congestion", async () => {
    const { clock, link } = setUp({ capacity: 0 });
    link.server.pause();
    link.client.append(new Uint8Array(70_000));
    expect(link.client.isCongested).toBe(true);
    link.server.resume();
    await clock.advance(0);
    expect(link.client.isCongested).toBe(false);
  });
});

describe("the end", () => {
  test("a side that ends may still receive; both have ended when the other does too", async () => {
    const { clock, link, client, server } = setUp();
    write(link.client, "last");
    link.client.finish();
    write(link.client, "too late");
    await clock.advance(0);
    expect(server.entries).toEqual(["last", "END"]);
    write(link.server, "answer");
    await clock.advance(0);
    expect(client.entries).toEqual(["answer"]);
    link.server.finish();
    await clock.advance(0);
    expect(client.entries).toEqual(["answer", "END", "ENDED well"]);
    expect(server.entries).toEqual(["last", "END", "ENDED well"]);
  });

  test("an abort loses what is under way and resets the other side, even if it does not read", async () => {
    const { clock, link, client, server } = setUp({ delay: 5 });
    link.server.pause();
    write(link.client, "lost");
    link.client.flush();
    link.client.abort();
    await clock.advance(0);
    expect(client.entries).toEqual(["ENDED well"]);
    await clock.advance(5);
    expect(server.entries).toEqual(["ENDED read ECONNRESET"]);
  });

  test("who attaches after the end is told", async () => {
    const clock = new FakeClock();
    const link = new MemoryLink(clock);
    link.client.abort();
    const late = new Log();
    link.client.attach(late);
    await clock.advance(0);
    expect(late.entries).toEqual(["ENDED well"]);
  });
});

test("nothing arrives over a link that is cut, not even the end; all of it once the link is restored", async () => {
  const { clock, link, server } = setUp();
  link.cut();
  write(link.client, "abc");
  link.client.finish();
  await clock.advance(60_000);
  expect(server.entries).toEqual([]);
  link.restore();
  await clock.advance(0);
  expect(server.entries).toEqual(["abc", "END"]);
});
