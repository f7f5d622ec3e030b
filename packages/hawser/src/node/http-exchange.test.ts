import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { isHandshakeFault } from "../handshake/errors.ts";
import { exchange } from "./http-exchange.ts";
import { keepErrors } from "./stream-events.ts";

const REQUEST = Buffer.from("GET / HTTP/1.1\r\n\r\n");
const never = new AbortController().signal;

class Peer extends Duplex {
  sent = "";

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.sent += bytes;
    done();
  }
}

function peer(): Peer {
  return keepErrors(new Peer());
}

/** What comes of an exchange in which the peer does this. */
async function outcomeOf(act: (stream: Peer) => void, options: { isConnect?: boolean } = {}): Promise<unknown> {
  const stream = peer();
  const waiting = exchange(stream, REQUEST, never, options);
  act(stream);
  const answer = await waiting;
  if (isHandshakeFault(answer)) return answer.code;
  return [answer.status, answer.body && String(Buffer.from(answer.body))];
}

test("sends the request at once", () => {
  const stream = peer();
  exchange(stream, REQUEST, never).catch(() => {});
  expect(stream.sent).toBe(String(REQUEST));
  stream.destroy();
});

describe("the answer", () => {
  const head = "HTTP/1.1 400 No\r\nContent-Length: 5\r\n\r\n";

  test.each<[string, (stream: Peer) => void, unknown]>([
    ["whole", (stream) => stream.push(`${head}abcde`), [400, "abcde"]],
    ["whole, with the end", (stream) => stream.push(`${head}abcde`) && stream.push(null), [400, "abcde"]],
    ["cut short by the end", (stream) => stream.push(`${head}ab`) && stream.push(null), [400, "ab"]],
    ["no head at the end", (stream) => stream.push(null), "RESPONSE_INCOMPLETE"],
    ["closed without an end", (stream) => stream.destroy(), "RESPONSE_INCOMPLETE"],
    ["of a proxy", (stream) => stream.push("HTTP/1.1 200 OK\r\n\r\n"), [200, undefined]],
  ])("%s", async (_name, act, expected) => {
    expect(await outcomeOf(act, { isConnect: true })).toEqual(expected);
  });

  test("cut short by an error is handed out", async () => {
    const outcome = outcomeOf((stream) => {
      stream.push(`${head}ab`);
      setImmediate(() => stream.destroy(new Error("reset")));
    });
    expect(await outcome).toEqual([400, "ab"]);
  });

  test("that never came leaves the error", async () => {
    await expect(outcomeOf((stream) => stream.destroy(new Error("reset")))).rejects.toThrow("reset");
  });
});

test("what comes behind the answer is read next, from a paused stream", async () => {
  const stream = peer();
  const waiting = exchange(stream, REQUEST, never);
  stream.push("HTTP/1.1 101 S\r\n\r\nfirst ");
  expect(await waiting).toMatchObject({ status: 101 });
  expect(stream.isPaused()).toBe(true);
  stream.push("second");
  stream.push(null);
  let rest = "";
  for await (const bytes of stream) rest += bytes;
  expect(rest).toBe("first second");
});

test("a stream that has ended gets no request", async () => {
  const stream = peer();
  stream.end();
  const waiting = exchange(stream, REQUEST, never);
  stream.push(null);
  expect(await waiting).toMatchObject({ code: "RESPONSE_INCOMPLETE" });
  expect(stream.sent).toBe("");
});
