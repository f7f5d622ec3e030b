import { getEventListeners } from "node:events";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { HttpHeaders } from "../src/handshake/http-headers.ts";
import type { ClientConnection } from "../src/node/client-connection.ts";
import { connect } from "../src/node/connect.ts";
import {
  type ForeverOptions,
  iterateConnections,
  type RetryEnvironment,
  resolveForeverOptions,
} from "../src/node/connect-forever.ts";
import { ConnectionClosedError, HandshakeError } from "../src/node/errors.ts";
import { type Echo, echoServer, rawServer } from "./support/servers.ts";

const lost = new HandshakeError("CONNECT_FAILED", "lost");
const invalid = new HandshakeError("HANDSHAKE_INVALID", "invalid");

function busy(status: number, retryAfter: string): HandshakeError {
  const headers = new HttpHeaders([["Retry-After", retryAfter]]);
  const response = { status, statusText: "", headers, body: new Uint8Array(0), text: () => "" };
  return new HandshakeError("HANDSHAKE_REFUSED", "busy", { response });
}

/** Time that only waiting and {@link pass} move, and chance that is always one half. */
class MadeUp implements RetryEnvironment {
  readonly delays: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  date(): number {
    return Date.parse("2030-01-01T00:00:00Z") + this.#now;
  }

  random(): number {
    return 0.5;
  }

  async wait(delay: number): Promise<void> {
    this.delays.push(delay);
    this.#now += delay;
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** The connections of a script of failures and successes; what it is asked for beyond the script is refused. */
async function scripted(script: readonly (Error | "open")[], options: ForeverOptions = {}) {
  const echo: Echo = await echoServer();
  const environment = new MadeUp();
  const steps = [...script];
  const open = async () => {
    const step = steps.shift() ?? invalid;
    if (step !== "open") throw step;
    return connect(`ws://127.0.0.1:${echo.port}/`);
  };
  const { connect: _, ...settings } = resolveForeverOptions({ minUptime: 5_000, ...options });
  return { environment, connections: iterateConnections(open, settings, options.signal, environment) };
}

async function drain(connections: AsyncIterable<ClientConnection>, body: (ws: ClientConnection) => unknown = () => {}) {
  for await (const ws of connections) await body(ws);
}

describe("the delays", () => {
  test("grow with every failure, up to the longest, none before the first attempt", async () => {
    const { environment, connections } = await scripted(Array(9).fill(lost));
    await expect(drain(connections)).rejects.toBe(invalid);
    expect(environment.delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 45_000, 45_000]);
  });

  test("are what the options say", async () => {
    const { environment, connections } = await scripted(Array(4).fill(lost), {
      backoff: { initial: 10, factor: 3, max: 100 },
    });
    await expect(drain(connections)).rejects.toBe(invalid);
    expect(environment.delays).toEqual([5, 15, 45, 50]);
  });

  test("begin anew after a connection that lived minUptime", async () => {
    const { environment, connections } = await scripted([lost, lost, "open", lost, lost]);
    await expect(drain(connections, () => environment.pass(5_000))).rejects.toBe(invalid);
    expect(environment.delays).toEqual([500, 1_000, 500, 500, 1_000]);
  });

  test("go on growing after a connection that lived shorter", async () => {
    const { environment, connections } = await scripted([lost, "open", "open", "open"]);
    await expect(drain(connections, () => environment.pass(4_999))).rejects.toBe(invalid);
    expect(environment.delays).toEqual([500, 1_000, 2_000, 4_000]);
  });

  test("count a connection's life to its end, not the loop's", async () => {
    const { environment, connections } = await scripted(["open", "open"]);
    const body = async (ws: ClientConnection) => {
      await ws.close();
      environment.pass(10_000);
    };
    await expect(drain(connections, body)).rejects.toBe(invalid);
    expect(environment.delays).toEqual([500, 1_000]);
  });

  test.each([
    ["seconds", busy(503, "30"), 30_500],
    ["a date", busy(503, "Tue, 01 Jan 2030 00:01:00 GMT"), 60_500],
    ["a date that is past", busy(503, "Mon, 31 Dec 2029 00:00:00 GMT"), 500],
  ])("are no shorter than Retry-After, %s, and as random as ever", async (_name, error, delay) => {
    const { environment, connections } = await scripted([error, lost]);
    await expect(drain(connections)).rejects.toBe(invalid);
    expect(environment.delays).toEqual([delay, 1_000]);
  });
});

describe("connections", () => {
  test("are open, and closed when the body ends", async () => {
    const { connections } = await scripted(["open", "open"]);
    const seen: ClientConnection[] = [];
    const body = async (ws: ClientConnection) => {
      expect(seen.every(({ state }) => state === "closed")).toBe(true);
      seen.push(ws);
      await ws.send("hello");
      expect(await ws.recv()).toBe("hello");
    };
    await expect(drain(connections, body)).rejects.toBe(invalid);
    expect(seen.map(({ closeCode }) => closeCode)).toEqual([1000, 1000]);
  });

  test.each(["break", "throw"])("are closed by %s, which ends everything", async (how) => {
    const { connections } = await scripted(["open", "open"]);
    let left: ClientConnection | undefined;
    const boom = new Error("boom");
    const loop = async () => {
      for await (const ws of connections) {
        left = ws;
        if (how === "throw") throw boom;
        break;
      }
    };
    if (how === "throw") await expect(loop()).rejects.toBe(boom);
    else await loop();
    expect(left?.closeCode).toBe(1000);
    expect(await connections.next()).toEqual({ done: true, value: undefined });
  });
});

describe("the end", () => {
  test("an error that is not worth another attempt", async () => {
    const { environment, connections } = await scripted([invalid, "open"]);
    await expect(drain(connections)).rejects.toBe(invalid);
    expect(environment.delays).toEqual([]);
  });

  test("what isRetryable says", async () => {
    const seen: unknown[] = [];
    const isRetryable = (error: unknown) => seen.push(error) < 3;
    const { connections } = await scripted([invalid, lost, invalid, "open"], { isRetryable });
    await expect(drain(connections)).rejects.toBe(invalid);
    expect(seen).toEqual([invalid, lost, invalid]);
  });

  test("isRetryable throws", async () => {
    const boom = new Error("boom");
    const isRetryable = () => {
      throw boom;
    };
    const { connections } = await scripted([lost], { isRetryable });
    await expect(drain(connections)).rejects.toBe(boom);
  });

  test("maxAttempts failures in a row", async () => {
    const { environment, connections } = await scripted([lost, lost, "open", lost, lost, lost], { maxAttempts: 3 });
    await expect(drain(connections, () => environment.pass(5_000))).rejects.toBe(lost);
    expect(environment.delays.length).toBe(5);
  });

  test("maxAttempts connections in a row that did not last", async () => {
    const { connections } = await scripted(["open", "open", "open"], { maxAttempts: 2 });
    let count = 0;
    const body = async (ws: ClientConnection) => {
      count++;
      await ws.send("close 4001");
      await ws.waitClosed();
    };
    const error = await drain(connections, body).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionClosedError);
    expect([count, (error as ConnectionClosedError).code]).toEqual([2, 4001]);
  });
});

describe("the signal", () => {
  test("ends an open connection, and the iteration without an error", async () => {
    const { port } = await echoServer();
    const controller = new AbortController();
    const seen: ClientConnection[] = [];
    const options = { signal: controller.signal, maxAttempts: 1 };
    for await (const ws of connect.forever(`ws://127.0.0.1:${port}/`, options)) {
      seen.push(ws);
      queueMicrotask(() => controller.abort());
      for await (const _ of ws);
    }
    expect(seen.map(({ closeCode }) => closeCode)).toEqual([1000]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  test("ends an attempt", async () => {
    const controller = new AbortController();
    const { port } = await rawServer(() => controller.abort());
    await drain(connect.forever(`ws://127.0.0.1:${port}/`, { signal: controller.signal }));
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  test("ends a wait", async () => {
    const controller = new AbortController();
    const { port } = await rawServer((_head, socket) => {
      socket.once("close", () => setImmediate(() => controller.abort()));
      socket.end("HTTP/1.1 503 Busy\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n");
    });
    await drain(connect.forever(`ws://127.0.0.1:${port}/`, { signal: controller.signal }));
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  test("ends it before it begins", async () => {
    await drain(connect.forever("ws://127.0.0.1:1/", { signal: AbortSignal.abort() }));
  });
});

test("comes back after a server went away, by itself", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  onTestFinished(() => void vi.restoreAllMocks());
  const { port } = await echoServer();
  let count = 0;
  for await (const ws of connect.forever(`ws://127.0.0.1:${port}/`)) {
    if (++count === 3) break;
    await ws.send("close 1012");
    await ws.waitClosed();
  }
  expect(count).toBe(3);
});

describe("mistakes are thrown by the call", () => {
  test.each([
    ["ws://h/#f", {}, "must have no fragment"],
    ["ws://h/", { backof: {} }, 'there is no option "backof", did you mean "backoff"?'],
    ["ws://h/", { backoff: { jitter: 1 } }, 'there is no option "jitter"'],
    ["ws://h/", { backoff: { factor: 0.5 } }, "backoff.factor must be a number of at least 1, got 0.5"],
    ["ws://h/", { backoff: { initial: 0 } }, "backoff.initial must be a positive number of milliseconds, got 0"],
    ["ws://h/", { backoff: { max: Number.NaN } }, "backoff.max must be a positive number of milliseconds, got NaN"],
    ["ws://h/", { minUptime: -1 }, "minUptime must be a positive number of milliseconds, got -1"],
    ["ws://h/", { maxAttempts: 0 }, "maxAttempts must be an integer of at least 1, or Infinity, got 0"],
    ["ws://h/", { isRetryable: true }, "isRetryable must be a function, got true"],
    ["ws://h/", { headers: { Upgrade: "x" } }, "headers must not contain Upgrade"],
  ])("%s %j", (url, options, message) => {
    expect(() => connect.forever(url, options as unknown as ForeverOptions)).toThrow(message);
  });
});
