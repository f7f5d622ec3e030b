/** `hawser run` with real processes: who gets connections, and what becomes of workers that end. Uses what was built. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { connect } from "hawser";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { freePorts } from "./support/free-ports.ts";
import { ask, closeCode, freePort, hawserRun, type SupervisedRun, untilGone } from "./support/hawser-run.ts";

vi.setConfig({ testTimeout: 60_000 });

async function counted(run: SupervisedRun, count: number): Promise<number[]> {
  const counts = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const pid = await ask(await run.client(), "/pid");
    counts.set(pid, (counts.get(pid) ?? 0) + 1);
  }
  return [...counts.values()].sort();
}

describe("balance", () => {
  test("round robin: each worker gets as many, messages come back, and lines are marked", async () => {
    const run = hawserRun(["--workers", "2"], "echo.mjs");
    await run.says("2 workers are ready");
    expect(await counted(run, 20)).toEqual([10, 10]);
    const ws = await run.client();
    expect(await ask(ws, "ahoy")).toBe("ahoy");
    const id = await ask(ws, "/id");
    await run.says(new RegExp(`^\\[hawser/${id} pid=${await ask(ws, "/pid")}\\] worker ${id} serves$`, "m"));
  });

  test("least connections: whoever has fewer gets more", async () => {
    const run = hawserRun(["--workers", "2", "--balance", "least-connections"], "echo.mjs");
    await run.says("2 workers are ready");
    const clients = await Promise.all(Array.from({ length: 20 }, () => run.client()));
    const pids = await Promise.all(clients.map((ws) => ask(ws, "/pid")));
    expect(pids.filter((pid) => pid === pids[0])).toHaveLength(10);
    const leaving = clients.filter((_ws, index) => pids[index] === pids[0]);
    await Promise.all(leaving.map((ws) => ws.close()));
    // The supervisor learns it with the next sign of life; until then it thinks them equal, and they alternate
    const pair = async () => [await ask(await run.client(), "/pid"), await ask(await run.client(), "/pid")];
    await vi.waitFor(async () => expect(await pair()).toEqual([pids[0], pids[0]]), { timeout: 10_000 });
    expect(await counted(run, 2)).toEqual([2]);
  });

  test("ports: each worker has its own", async () => {
    const first = await freePorts(2);
    const run = hawserRun(["--workers", "2", "--balance", `ports:${first}`], "echo.mjs", { port: 1 });
    await run.says("2 workers are ready");
    const ids = [];
    for (const port of [first, first + 1, first]) {
      const ws = await connect(`ws://127.0.0.1:${port}`);
      onTestFinished(() => ws.terminate());
      ids.push(await ask(ws, "/id"));
    }
    expect(ids).toEqual(["1", "2", "1"]);
  });

  test("unix: each worker has its own socket, one that was left behind included; they are removed at the end", async () => {
    const folder = temporaryFolder();
    const path = (id: number) => join(folder, `${id}.sock`);
    const run = hawserRun(["--workers", "2", "--balance", `unix:${path(0).replace("0", "%d")}?mode=600`], "echo.mjs");
    await run.says("2 workers are ready");
    const ids = [];
    for (const id of [1, 2, 1]) {
      const ws = await connect("ws://localhost", { path: path(id) });
      onTestFinished(() => ws.terminate());
      ids.push(await ask(ws, "/id"));
    }
    expect(ids).toEqual(["1", "2", "1"]);
    run.kill("SIGTERM");
    expect(await run.ended).toBe(0);
    expect(() => readFileSync(path(1))).toThrow("ENOENT");
  });

  test("an HTTP server of the program's own is shared, and stops, too", async () => {
    const port = await freePort();
    const run = hawserRun(["--workers", "2"], "attached.mjs", String(port));
    await run.says("2 workers are ready");
    const pids = new Set<string>();
    const clients = [];
    for (let index = 0; index < 4; index++) {
      const ws = await connect(`ws://127.0.0.1:${port}`);
      clients.push(ws);
      pids.add(await ask(ws, "/pid"));
      pids.add(await (await fetch(`http://127.0.0.1:${port}`)).text());
    }
    expect(pids.size).toBe(2);
    run.kill("SIGTERM");
    expect(await Promise.all(clients.map(closeCode))).toEqual([1_001, 1_001, 1_001, 1_001]);
    expect(await run.ended).toBe(0);
  });
});

describe("workers that end", () => {
  test("kill -9: others go on, another takes its place", async () => {
    const run = hawserRun(["--workers", "2", "--backoff", "1..10"], "echo.mjs");
    await run.says("2 workers are ready");
    const [victim, other] = [await run.client(), await run.client()];
    const pid = Number(await ask(victim, "/pid"));
    process.kill(pid, "SIGKILL");
    expect(await closeCode(victim)).toBe(1_006);
    await run.says(`has ended: SIGKILL (pid=${pid})`);
    expect(await ask(other, "still here")).toBe("still here");
    await run.says(/has ended: SIGKILL[\s\S]*worker \d is ready/);
    expect(await counted(run, 10)).toEqual([5, 5]);
  });

  test("the only one: who connects meanwhile waits, and is served", async () => {
    const run = hawserRun(["--workers", "1", "--backoff", "300..300"], "echo.mjs");
    const ws = await run.client();
    await ws.send("/exit");
    await run.says("has ended: exit code 3");
    expect(await ask(await run.client(), "hello")).toBe("hello");
  });

  test("one that closes its server has nothing left to do, and ends", async () => {
    const run = hawserRun(["--workers", "1", "--backoff", "1..1"], "echo.mjs");
    const ws = await run.client();
    await ws.send("/leave");
    expect(await closeCode(ws)).toBe(1_001);
    await run.says("worker 1 has ended: exit code 0");
  });

  test("a blocked event loop: killed, and replaced", async () => {
    const run = hawserRun(["--workers", "1", "--stall", "500", "--backoff", "1..10"], "echo.mjs");
    const ws = await run.client();
    await ws.send("/block");
    expect(await closeCode(ws)).toBe(1_006);
    await run.says("worker 1 is killed: its event loop has stalled for more than --stall, 500 ms");
    expect(await ask(await run.client(), "hello")).toBe("hello");
  });

  test("too much memory: another is ready before it drains", async () => {
    const options = ["--workers", "1", "--memory-limit", "130M", "--min-uptime", "0", "--drain-window", "50"];
    const run = hawserRun(options, "echo.mjs");
    const ws = await run.client();
    expect(await ask(ws, "/grow")).toBe("grown");
    expect(await closeCode(ws)).toBe(1_012);
    expect(run.output()).toMatch(/more than --memory-limit, 136314880: it is replaced/);
    expect(await ask(await run.client(), "hello")).toBe("hello");
    await run.says(/worker 1 has ended/);
  });

  test.each([
    ["exits at once", "not-an-option.mjs", "exit code 1, before it called serve()"],
    ["never calls serve()", "silent.mjs", "it has not called serve() within --ready-timeout, 300 ms"],
  ])("a program that %s: 70", async (_name, entry, reason) => {
    const options = ["--workers", "1", "--backoff", "1..1", "--crash-limit", "2", "--ready-timeout", "300"];
    const run =
      entry === "silent.mjs" ? hawserRun(options, entry) : hawserRun(options.slice(0, -2), "echo.mjs", { x: 1 });
    expect(await run.ended).toBe(70);
    expect(run.output()).toContain(reason);
    expect(run.output()).toContain("2 workers in a row ended early (--crash-limit 2): giving up");
  });

  test("a port that is taken: the program sees EADDRINUSE", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { readonly port: number };
    const run = hawserRun(["--workers", "1", "--crash-limit", "1"], "echo.mjs", { port });
    expect(await run.ended).toBe(70);
    expect(run.output()).toContain("EADDRINUSE");
  });
});

describe.skipIf(process.platform !== "linux")("without descriptors", () => {
  test.each<[whose: string, spare: number]>([
    ["a worker", 10],
    ["the supervisor", 10],
  ])("%s goes on, and takes connections again once there are some", async (whose, spare) => {
    const run = hawserRun(["--workers", "1"], "echo.mjs");
    await run.says("1 worker is ready");
    const worker = Number(await ask(await run.client(), "/pid"));
    const pid = whose === "a worker" ? worker : run.pid;
    const limit = readdirSync(`/proc/${pid}/fd`).length + spare;
    execFileSync("prlimit", ["--pid", String(pid), `--nofile=${limit}:20000`]);
    const attempts = await Promise.allSettled(
      Array.from({ length: 40 }, () => run.client({ openTimeout: whose === "a worker" ? 1_000 : 10_000 })),
    );
    const open = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
    expect(open.length).toBeGreaterThan(5);
    if (whose === "a worker") expect(open.length).toBeLessThan(40);
    for (const ws of open) ws.terminate();
    const again = async () => expect(await ask(await run.client({ openTimeout: 1_000 }), "hello")).toBe("hello");
    await vi.waitFor(again, { timeout: 20_000, interval: 100 });
    expect(run.output()).not.toContain("has ended");
  });
});

test.skipIf(process.platform !== "linux")("no descriptor left to start a worker with: it is tried again", async () => {
  const run = hawserRun(["--workers", "2", "--backoff", "50..50"], "echo.mjs");
  await run.says("2 workers are ready");
  const [victim, other] = [await run.client(), await run.client()];
  const pid = Number(await ask(victim, "/pid"));
  const limit = readdirSync(`/proc/${run.pid}/fd`).length;
  execFileSync("prlimit", ["--pid", String(run.pid), `--nofile=${limit}:20000`]);
  process.kill(pid, "SIGKILL");
  await run.says(/worker \d has ended: it could not be started: spawn \S+ EMFILE/);
  expect(await ask(other, "still here")).toBe("still here");
  execFileSync("prlimit", ["--pid", String(run.pid), "--nofile=20000:20000"]);
  await run.says(/EMFILE[\s\S]*worker \d is ready/);
});

test("kill -9 of the supervisor: the workers close their connections and end", async () => {
  const run = hawserRun(["--workers", "2"], "echo.mjs");
  await run.says("2 workers are ready");
  const clients = [await run.client(), await run.client()];
  const pids = await Promise.all(clients.map((ws) => ask(ws, "/pid")));
  run.kill("SIGKILL");
  expect(await Promise.all(clients.map(closeCode))).toEqual([1_001, 1_001]);
  for (const pid of pids) await untilGone(Number(pid));
});

test("topics reach the other processes, with nothing but ipcBackplane()", async () => {
  const run = hawserRun(["--workers", "2"], "topics.mjs");
  await run.says("2 workers are ready");
  const [one, other] = [await run.client(), await run.client()];
  expect(await one.recv()).not.toBe(await other.recv());
  await vi.waitFor(
    async () => {
      await one.send("to all");
      expect(await other.recv({ signal: AbortSignal.timeout(500) })).toBe("to all");
    },
    { timeout: 10_000 },
  );
});

test("maxConnectionAge: connections come back", async () => {
  const run = hawserRun(["--workers", "1", "--max-connection-age", "1000"], "echo.mjs");
  const ws = await run.client();
  expect(await closeCode(ws)).toBe(1_012);
  expect(ws.closeReason).toBe("maxConnectionAge");
});

test("TypeScript: runs, or the error says what to do", async () => {
  const run = hawserRun(["--workers", "1"], "typed.ts");
  const { typescript } = process.features as { readonly typescript?: unknown };
  if (process.allowedNodeEnvironmentFlags.has("--experimental-strip-types") || typescript) {
    expect(await (await run.client()).recv()).toBe("typed");
  } else {
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain("runs no TypeScript. Install tsx (npm install --save-dev tsx), or use Node 22.18");
  }
});

test("reuse-port: the kernel hands out, or the error says from which Node on", async () => {
  const port = await freePort();
  const run = hawserRun(["--workers", "2", "--balance", "reuse-port"], "echo.mjs", { port });
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) {
    await run.says("2 workers are ready");
    const ws = await connect(`ws://127.0.0.1:${port}`);
    expect(await ask(ws, "ahoy")).toBe("ahoy");
    run.kill("SIGTERM");
    expect(await closeCode(ws)).toBe(1_001);
    expect(await run.ended).toBe(0);
  } else {
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain(`--balance reuse-port needs Node 22.12 or later, this is ${process.versions.node}`);
  }
});

test("who reads the log has gone: nobody ends or waits for that", async () => {
  const run = hawserRun(["--workers", "1"], "echo.mjs");
  const ws = await run.client();
  expect(await ask(ws, "/log")).toBe("logged");
  run.stopReading();
  expect(await ask(ws, "/log")).toBe("logged");
  expect(await ask(ws, "/log")).toBe("logged");
  run.kill("SIGTERM");
  expect(await closeCode(ws)).toBe(1_001);
  expect(await run.ended).toBe(0);
});

test("the program's environment has what it may know", async () => {
  const env = { HAWSER_ADMIN_TOKEN: "secret", NOTIFY_SOCKET: "/nowhere", WATCHDOG_USEC: "60000000", OWN: "value" };
  const run = hawserRun(["--workers", "1"], "echo.mjs", {}, { env });
  const names = (await ask(await run.client(), "/environment")).split(" ");
  expect(names).toEqual(expect.arrayContaining(["OWN", "HAWSER_WORKER_ID"]));
  for (const hidden of ["HAWSER_ADMIN_TOKEN", "HAWSER_WORKER", "NODE_UNIQUE_ID", "NOTIFY_SOCKET", "WATCHDOG_USEC"]) {
    expect(names).not.toContain(hidden);
  }
});

test("--log json: every line is an object", async () => {
  const run = hawserRun(["--workers", "1", "--log", "json"], "echo.mjs");
  await run.says("worker 1 serves");
  await run.says("1 worker is ready");
  const lines = run.output().trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).name)).toEqual(expect.arrayContaining(["hawser", "hawser/1"]));
});
