/** What is examined of a route, one check a function: each opens connections of its own and tells what it found. */

import { setTimeout as delay } from "node:timers/promises";
import { type ClientConnection, type ConnectOptions, HandshakeError } from "hawser";
import type { Finding } from "../finding.ts";
import { readSeen, readSeenClose } from "./counterpart.ts";
import { ask, type Route } from "./route.ts";

export type RouteCheck = (route: Route) => Promise<Finding[]>;

/** Connecting, and a ping that comes back. */
export async function checkLatency(route: Route): Promise<Finding[]> {
  const start = performance.now();
  return route.with(async (ws) => {
    const opened = performance.now() - start;
    const latency = await ws.ping();
    return [{ topic: "reach", level: "ok", found: `open after ${ms(opened)}, a ping takes ${ms(latency)}` }];
  });
}

/** A page of the same site must get in, one of another site must not. */
export async function checkOrigins(route: Route): Promise<Finding[]> {
  const own = `${route.url.protocol === "wss:" ? "https" : "http"}://${route.url.host}`;
  const ownStatus = await statusFor(route, { origin: own });
  const foreignStatus = await statusFor(route, { origin: "https://elsewhere.invalid" });
  return [ownOrigin(own, ownStatus), foreignOrigin(foreignStatus)];
}

function ownOrigin(origin: string, status: number): Finding {
  const topic = "own origin";
  if (status === 101) return { topic, level: "ok", found: `a page of ${origin} is taken` };
  const advice =
    "The router must pass Host as the client sent it, or X-Forwarded-Host and X-Forwarded-Proto, which the server's option trustProxy allows it.";
  return { topic, level: "problem", found: `a page of ${origin} is refused with ${status}`, advice };
}

function foreignOrigin(status: number): Finding {
  const topic = "other origins";
  if (status === 403) return { topic, level: "ok", found: "a page of another site is refused with 403" };
  if (status !== 101) return { topic, level: "note", found: `a page of another site is answered with ${status}` };
  const found = "a page of any site can connect, with its visitor's cookies";
  const advice = 'Leave origins at "same-origin", or list those that may; a router must not remove Origin.';
  return { topic, level: "warning", found, advice };
}

/** The status of an opening: 101 if it succeeds. */
async function statusFor(route: Route, options: ConnectOptions): Promise<number> {
  try {
    return await route.with(async () => 101, options);
  } catch (error) {
    if (error instanceof HandshakeError && error.response !== undefined) return error.response.status;
    throw error;
  }
}

export async function checkCompression(route: Route): Promise<Finding[]> {
  const topic = "compression";
  return route.with(async ({ extensions }) => {
    const [agreed] = extensions;
    if (agreed === undefined) {
      const found = "none was agreed on, though it was offered";
      const advice =
        "If the server has compression on, the router removes Sec-WebSocket-Extensions from the request or the answer.";
      return [{ topic, level: "warning", found, advice }];
    }
    const parameters = [...agreed.parameters].map(([name, value]) => (value === true ? name : `${name}=${value}`));
    return [{ topic, level: "ok", found: [agreed.name, ...parameters].join("; ") }];
  });
}

/** Bytes of the largest message that is tried. */
const LARGEST = 1_048_576;

/** Messages that grow, there and back. */
export async function checkSizes(route: Route): Promise<Finding[]> {
  if (!route.hasCounterpart) return [];
  const topic = "large messages";
  let passed = 0;
  for (let size = 1_024; size <= LARGEST; size *= 4) {
    const code = await echoed(route, size);
    if (code !== undefined) return [cutAt(topic, size, passed, code)];
    passed = size;
  }
  return [{ topic, level: "ok", found: `${passed.toLocaleString("en-US")} bytes pass both ways` }];
}

function cutAt(topic: string, size: number, passed: number, code: number): Finding {
  const found = `${size.toLocaleString("en-US")} bytes end the connection with ${code}; ${passed.toLocaleString("en-US")} pass`;
  const advice = "Raise the router's limit of frames or messages, or keep messages below it.";
  return { topic, level: "problem", found, advice };
}

/** The close code, if a message of so many bytes does not come back. */
async function echoed(route: Route, size: number): Promise<number | undefined> {
  return route.with(
    async (ws) => {
      try {
        await ws.send(new Uint8Array(size).fill(1));
        const message = await ws.recv({ signal: AbortSignal.timeout(10_000) });
        return message.length === size ? undefined : 1_002;
      } catch {
        return ws.closeCode ?? 1_006;
      }
    },
    { maxSize: LARGEST * 2, compression: false },
  );
}

/** Close codes and reasons must pass in both directions: by them clients know whether to come back. */
export async function checkCloseCodes(route: Route): Promise<Finding[]> {
  if (!route.hasCounterpart) return [];
  return [await serversClose(route), await clientsClose(route)];
}

async function serversClose(route: Route): Promise<Finding> {
  const topic = "the server's close code";
  return route.with(async (ws) => {
    await ws.send(JSON.stringify({ ask: "close", code: 1012, reason: "doctor" }));
    await ws.waitClosed();
    const { closeCode, closeReason } = ws;
    if (closeCode === 1012 && closeReason === "doctor")
      return { topic, level: "ok", found: "1012 and its reason pass" };
    const found = `1012 arrives as ${closeCode} ${JSON.stringify(closeReason)}`;
    return {
      topic,
      level: "problem",
      found,
      advice: "The router must pass frames on, and not end connections itself.",
    };
  });
}

async function clientsClose(route: Route): Promise<Finding> {
  const topic = "the client's close code";
  const id = await route.with(async (ws) => {
    const { id: seen } = await ask(ws, { ask: "seen" }, readSeen);
    await ws.close(4009, "doctor");
    return seen;
  });
  const { closeCode } = await route.with((ws) => ask(ws, { ask: "closed", id }, readSeenClose));
  if (closeCode === 4009) return { topic, level: "ok", found: "4009 passes" };
  const found = `4009 arrives as ${closeCode ?? "nothing"}`;
  return { topic, level: "warning", found, advice: "The router must pass frames on, and not end connections itself." };
}

/** Bytes of a request's header that cookies of a real site come to. */
const COOKIES = 6_000;

export async function checkHeaders(route: Route): Promise<Finding[]> {
  const topic = "large headers";
  const status = await statusFor(route, { headers: { Cookie: `doctor=${"x".repeat(COOKIES)}` } });
  if (status === 101) return [{ topic, level: "ok", found: `${COOKIES} bytes of cookies pass` }];
  const found = `a request with ${COOKIES} bytes of cookies is answered with ${status}`;
  return [{ topic, level: "warning", found, advice: "Raise the router's limit of a request's headers." }];
}

/** A ping every 20 seconds is the server's default; what is idle for longer than twice that is safe. */
const SAFE_IDLE = 40_000;

/** Waits without a byte, until somebody ends the connection or the time is over. */
export async function checkIdle(route: Route, milliseconds: number, signal: AbortSignal): Promise<Finding[]> {
  const topic = "idle connections";
  const lived = await untilClosed(await route.open(), milliseconds, signal);
  const patience = route.hasCounterpart ? "without a byte" : "without a byte from the client";
  if (lived === undefined) {
    return [{ topic, level: "ok", found: `still open after ${Math.round(milliseconds / 1_000)} s ${patience}` }];
  }
  const seconds = Math.round(lived / 1_000);
  const found = `closed after ${seconds} s ${patience}`;
  if (lived >= SAFE_IDLE) {
    return [{ topic, level: "note", found: `${found}; pings every 20 s keep connections open` }];
  }
  const advice = `Raise the router's timeout above 40 s, or set pingInterval below ${Math.max(1, Math.floor(seconds / 2))}_000.`;
  return [{ topic, level: "problem", found, advice }];
}

/** Milliseconds until it was closed, `undefined` if it was not; it is ended then. */
export async function untilClosed(
  ws: ClientConnection,
  limit: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const start = performance.now();
  const waiting = new AbortController();
  const either = AbortSignal.any([waiting.signal, signal]);
  // Aborted: the examination is over, or the connection is
  const over = delay(limit, undefined, { signal: either }).catch(() => undefined);
  const closed = ws.waitClosed().then(() => performance.now() - start);
  try {
    return await Promise.race([closed, over]);
  } finally {
    waiting.abort();
    ws.terminate();
  }
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
