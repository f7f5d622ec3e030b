/** What must hold of every route to an app, whichever router stands in it: one suite for all of them. */

import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, type ConnectOptions, connect } from "hawser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authority } from "../../hawser/test/support/certificates.ts";
import type { App } from "./support/apps.ts";
import { freePorts } from "./support/free-ports.ts";

/** A running route. */
export interface Route {
  readonly url: string;
  readonly apps: readonly App[];
  reload?(): Promise<void>;
  stop(): Promise<void>;
}

export interface RouteTraits {
  /** In figures. */
  readonly name: string;
  /** Starts everything, with files in a folder of the suite's own; the router listens on 127.0.0.1. */
  start(folder: string, port: number): Promise<Route>;
  readonly connect?: ConnectOptions;
  /** How the router learns that an app wants no connections: it asks, or it is refused. */
  readonly notices?: "unready" | "refuse";
  /** Connections that a reload may cut. */
  readonly reloadCuts?: "all" | "none";
  /** Whose silence it counts: both directions', or that of the app alone. @default "both" */
  readonly watches?: "both" | "answers";
  /** The address that the app sees; `undefined`: the router tells none. */
  readonly seen?: "127.0.0.2" | undefined;
}

/** Of every router in these tests; the app pings within half of it. */
export const IDLE = 2_500;
export const PING_INTERVAL = 1_000;

/** Sends what `hawser generate` must know for that. */
export const TEST_TIMES: Readonly<Record<string, string>> = {
  pingInterval: String(PING_INTERVAL),
  idleTimeout: String(IDLE),
  notReady: "1250",
  connections: "1000",
  maxConnections: "1200",
};

/**
 * A file to which each route adds lines of JSON: with larger numbers than a test needs, for `bench/results/routers.md`.
 */
const FIGURES = process.env["HAWSER_ROUTE_FIGURES"];

/** Connections that are balanced, that a reload finds, and that are opened during it. */
const [COUNT, HELD, OPENED] = FIGURES === undefined ? [120, 20, 50] : [1_000, 500, 1_000];

/** A line of it. */
export function figure(route: string, figures: Readonly<Record<string, unknown>>): void {
  if (FIGURES !== undefined) appendFileSync(FIGURES, `${JSON.stringify({ route, ...figures })}\n`);
}

export function routeContract(traits: RouteTraits): void {
  const folder = mkdtempSync(join(tmpdir(), "hawser-route-"));
  let route: Route;
  let idle: Connection;
  /** Says something now and then, and hears nothing: no pings either, since its traffic shows that it lives. */
  let talking: Connection;
  let talk: NodeJS.Timeout;
  let idleSince: number;
  let idlePid: number;
  const options: ConnectOptions = { proxy: null, tls: { ca: authority }, ...traits.connect };
  const open = (more: ConnectOptions = {}) => connect(route.url, { ...options, ...more });

  /** Of an app that stays as it is. Some routers wait for the first answers to their probes. */
  async function openIdle(): Promise<Connection | undefined> {
    const ws = await open().catch(() => undefined);
    if (ws === undefined || (await whose(ws)) !== route.apps[0]!.pid) return ws;
    await ws.close();
    return undefined;
  }

  async function beginIdle(): Promise<void> {
    idle = await until(openIdle);
    idlePid = await whose(idle);
    // Several at once: a router that counts sends a single one to others
    const several = await openMany(route.apps.length * 3, open);
    const pids = await Promise.all(several.map(whose));
    talking = several[pids.indexOf(idlePid)]!;
    await Promise.all(several.filter((ws) => ws !== talking).map((ws) => ws.close()));
    clearInterval(talk);
    talk = setInterval(() => void talking.send("!").catch(() => clearInterval(talk)), PING_INTERVAL / 2);
    idleSince = Date.now();
  }

  beforeAll(async () => {
    route = await traits.start(folder, await freePorts());
    await beginIdle();
  });

  afterAll(async () => {
    clearInterval(talk);
    await Promise.all([idle?.close(), talking?.close()]);
    await route?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([false, "deflate"] as const)("echoes, compression %s", async (compression) => {
    const ws = await open({ compression });
    expect(ws.extensions.map(({ name }) => name)).toEqual(compression ? ["permessage-deflate"] : []);
    for (const message of ["", "Grüße", Uint8Array.of(0, 1, 2)]) {
      await ws.send(message);
      expect(await ws.recv()).toEqual(message);
    }
    await ws.close();
    expect(ws.closeCode).toBe(1000);
  });

  test.each([false, "deflate"] as const)("a message of 1 MiB, compression %s", async (compression) => {
    const ws = await open({ compression });
    const message = Buffer.alloc(2 ** 20, "0123456789abcdef\n");
    await ws.send(message);
    expect(Buffer.compare((await ws.recv()) as Uint8Array, message)).toBe(0);
    await ws.close();
  });

  if (traits.seen !== undefined) {
    test("the app sees the client's address, not what the client says", async () => {
      expect(await askWho(route.url)).toBe(traits.seen);
    });
  }

  test("connections are balanced", async () => {
    const connections = await openMany(COUNT, open);
    const counts = await Promise.all(route.apps.map((app) => app.count()));
    figure(traits.name, { connections: COUNT, counts });
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(Math.max(...counts) / mean, counts.join(" ")).toBeLessThan(1.3);
    await Promise.all(connections.map((ws) => ws.close()));
  });

  const { reloadCuts } = traits;
  if (reloadCuts !== undefined) {
    test(`a reload cuts ${reloadCuts} and refuses nobody`, async () => {
      const before = await openMany(HELD, open);
      const reloaded = route.reload!();
      const attempts = await openOneByOne(OPENED, open);
      await reloaded;
      const kept = (await Promise.all(before.map(isAlive))).filter((alive) => alive).length;
      const failed = attempts.filter((ws) => ws === undefined).length;
      figure(traits.name, { held: HELD, cut: HELD - kept, opened: OPENED, failed });
      expect(failed).toBe(0);
      expect(kept).toBe(reloadCuts === "none" ? HELD : 0);
      await Promise.all([...before, ...attempts].map((ws) => ws?.close()));
      if (reloadCuts === "all") await beginIdle();
    });
  }

  const { notices } = traits;
  if (notices !== undefined) {
    test("an app that turns unready keeps its connections and gets no more", async () => {
      const connections = await openMany(route.apps.length * 4, open);
      const [first] = route.apps;
      const pids = await Promise.all(connections.map(whose));
      first!.tell(notices);
      const others = await until(async () => {
        const opened = await openMany(route.apps.length * 3, open);
        const found = await Promise.all(opened.map(whose));
        if (!found.includes(first!.pid)) return opened;
        await Promise.all(opened.map((ws) => ws.close()));
        return undefined;
      });
      const kept = connections.filter((_ws, index) => pids[index] === first!.pid);
      const alive = (await Promise.all(kept.map(isAlive))).filter((one) => one).length;
      // A drain closes its first connection at once, and these the next day
      expect(alive).toBeGreaterThanOrEqual(Math.max(1, kept.length - (notices === "refuse" ? 1 : 0)));
      await Promise.all([...connections, ...others].map((ws) => ws.close()));
    });
  }

  test("SIGTERM is seen as 1001", async () => {
    const last = route.apps.slice(1).find((app) => app.pid !== idlePid)!;
    const connections = await openMany(route.apps.length * 3, open);
    const pids = await Promise.all(connections.map(whose));
    const own = connections.filter((_ws, index) => pids[index] === last.pid);
    expect(own.length).toBeGreaterThan(0);
    await last.end("SIGTERM");
    await Promise.all(own.map((ws) => ws.waitClosed()));
    expect(new Set(own.map(({ closeCode }) => closeCode))).toEqual(new Set([1001]));
    await Promise.all(connections.map((ws) => ws.close()));
  });

  test("an idle connection outlives the router's patience, and so does one that only sends", async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, idleSince + IDLE * 1.6 - Date.now())));
    expect(idle.state).toBe("open");
    expect(await isAlive(idle)).toBe(true);
    if (traits.watches !== "answers") expect(await isAlive(talking)).toBe(true);
  });
}

async function openMany(count: number, open: () => Promise<Connection>): Promise<readonly Connection[]> {
  const connections: Connection[] = [];
  // Some at a time, as clients come
  while (connections.length < count) {
    const some = Array.from({ length: Math.min(20, count - connections.length) }, () => open());
    connections.push(...(await Promise.all(some)));
  }
  return connections;
}

/** While something else happens; a failed one is `undefined`. */
async function openOneByOne(count: number, open: () => Promise<Connection>) {
  const attempts: (Connection | undefined)[] = [];
  while (attempts.length < count) {
    const some = Array.from({ length: 5 }, () => open().catch(() => undefined));
    attempts.push(...(await Promise.all(some)));
  }
  return attempts;
}

/** The process that holds a connection. */
async function whose(ws: Connection): Promise<number> {
  await ws.send("?");
  return Number(await ws.recv());
}

async function isAlive(ws: Connection): Promise<boolean> {
  try {
    return (await whose(ws)) > 0;
  } catch {
    return false;
  }
}

/** Asks again until there is something; the test's own limit ends it. */
async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** From another address than the router has, with headers that claim a third one. */
function askWho(url: string): Promise<string> {
  const { protocol, port } = new URL(url);
  const get = protocol === "wss:" ? httpsGet : httpGet;
  const request = {
    host: "127.0.0.1",
    port,
    path: "/who",
    localAddress: "127.0.0.2",
    ca: authority,
    headers: {
      "X-Forwarded-For": "203.0.113.9",
      "X-Forwarded-Host": "elsewhere.example",
      Forwarded: "for=203.0.113.9;host=elsewhere.example",
      Host: `localhost:${port}`,
    },
    agent: false,
  };
  return new Promise((resolve, reject) => {
    get(request, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    }).on("error", reject);
  });
}
