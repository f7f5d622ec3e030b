/** `hawser run` with real processes: how it stops, restarts and is told to. Uses what was built. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ClientConnection, connect } from "hawser";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { openClient } from "../../hawser/test/support/raw-client.ts";
import { temporaryFolder } from "./support/folder.ts";
import { ask, closeCode, freePort, hawserRun, isRunning, type SupervisedRun, untilGone } from "./support/hawser-run.ts";

vi.setConfig({ testTimeout: 60_000 });

async function openClients(run: SupervisedRun, count: number): Promise<ClientConnection[]> {
  const clients = Array.from({ length: count }, () => run.client());
  return Promise.all(clients);
}

describe("stopping", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("%s: everybody sees 1001, exit code 0", async (signal) => {
    const run = hawserRun(["--workers", "2"], "echo.mjs");
    await run.says("2 workers are ready");
    const clients = await openClients(run, 6);
    const pids = new Set(await Promise.all(clients.map((ws) => ask(ws, "/pid"))));
    expect(pids.size).toBe(2);
    run.kill(signal);
    expect(await Promise.all(clients.map(closeCode))).toEqual(clients.map(() => 1_001));
    expect(await run.ended).toBe(0);
    for (const pid of pids) expect(isRunning(Number(pid))).toBe(false);
  });

  test("a handler that never returns, and a client that never answers, hold it up for closeTimeout each", async () => {
    const run = hawserRun(["--workers", "1"], "echo.mjs", { isStuck: true, closeTimeout: 300 });
    const polite = await run.client();
    const silent = await openClient(await run.port());
    run.kill("SIGTERM");
    await silent.frame({ opcode: 8 });
    expect(await closeCode(polite)).toBe(1_001);
    expect(await run.ended).toBe(0);
    expect(run.output()).not.toContain("killed");
  });

  test("what does not end within the grace is killed; that is no failure", async () => {
    const run = hawserRun(["--workers", "1", "--grace", "300"], "echo.mjs", { closeTimeout: 60_000 });
    const silent = await openClient(await run.port());
    run.kill("SIGTERM");
    await silent.frame({ opcode: 8 });
    expect(await run.ended).toBe(0);
    expect(run.output()).toContain("worker 1 is killed: it has not ended within 300 ms");
  });

  test("a second signal ends everything at once, 128 and its number", async () => {
    const run = hawserRun(["--workers", "1"], "echo.mjs", { closeTimeout: 60_000 });
    const silent = await openClient(await run.port());
    const pid = Number(await ask(await run.client(), "/pid"));
    run.kill("SIGTERM");
    await silent.frame({ opcode: 8 });
    run.kill("SIGINT");
    expect(await run.ended).toBe(130);
    await untilGone(pid);
  });

  test("--stop-code", async () => {
    const run = hawserRun(["--workers", "1", "--stop-code", "4321"], "echo.mjs");
    const ws = await run.client();
    run.kill("SIGTERM");
    expect(await closeCode(ws)).toBe(4_321);
  });

  test("a program that goes on for ever, once its server has closed, has a second", async () => {
    const run = hawserRun(["--workers", "1"], "busy.mjs");
    const ws = await run.client();
    run.kill("SIGTERM");
    expect(await closeCode(ws)).toBe(1_001);
    expect(await run.ended).toBe(0);
    expect(run.output()).not.toContain("killed");
  });

  test("while it starts", async () => {
    const run = hawserRun(["--workers", "1", "--admin", "127.0.0.1:0"], "silent.mjs");
    // From here on it listens to signals
    await run.says("the admin endpoint is at");
    run.kill("SIGTERM");
    expect(await run.ended).toBe(0);
  });
});

test("SIGTERM to one worker: its clients see 1001, and another takes its place", async () => {
  const run = hawserRun(["--workers", "1", "--backoff", "1..1"], "echo.mjs");
  const ws = await run.client();
  const pid = await ask(ws, "/pid");
  process.kill(Number(pid), "SIGTERM");
  expect(await closeCode(ws)).toBe(1_001);
  await run.says(`worker 1 has ended: exit code 0 (pid=${pid})`);
  expect(await ask(await run.client(), "hello")).toBe("hello");
});

describe("a rolling restart", () => {
  test.each(["SIGHUP", "SIGUSR2"] as const)("%s: everybody sees 1012, nobody is refused", async (signal) => {
    const run = hawserRun(["--workers", "2", "--drain-window", "1000"], "echo.mjs");
    await run.says("2 workers are ready");
    const clients = await openClients(run, 20);
    const before = new Set(await Promise.all(clients.map((ws) => ask(ws, "/pid"))));
    const stream = streamOf(await run.port());
    run.kill(signal);
    expect(await Promise.all(clients.map(closeCode))).toEqual(clients.map(() => 1_012));
    await run.says("all workers were restarted");
    const { refused, served } = await stream.end();
    expect(refused).toEqual([]);
    expect(served).toBeGreaterThan(10);
    expect(before).not.toContain(await ask(await run.client(), "/pid"));
    for (const pid of before) await untilGone(Number(pid));
  });

  test("what the old workers counted to their end stays in /metrics", async () => {
    const admin = `127.0.0.1:${await freePort()}`;
    const options = ["--workers", "1", "--drain-window", "100", "--admin", admin];
    const run = hawserRun(options, "echo.mjs");
    const ws = await run.client();
    run.kill("SIGHUP");
    expect(await closeCode(ws)).toBe(1_012);
    await run.says("all workers were restarted");
    const text = await (await fetch(`http://${admin}/metrics`)).text();
    expect(text).toContain('websocket_connections_closed_total{code="1012",initiator="server",worker="1"} 1\n');
    expect(text).toContain('websocket_connections_active{state="open",worker="1"} 0\n');
  });

  test("of a program with an HTTP server of its own: nobody is refused either", async () => {
    const port = await freePort();
    const run = hawserRun(["--workers", "2", "--drain-window", "500"], "attached.mjs", String(port));
    await run.says("2 workers are ready");
    const ws = await connectWhenPossible(port);
    const stream = streamOf(port);
    run.kill("SIGHUP");
    expect(await closeCode(ws)).toBe(1_012);
    await run.says("all workers were restarted");
    const { refused, served } = await stream.end();
    expect(refused).toEqual([]);
    expect(served).toBeGreaterThan(0);
  });

  test("to code that does not start: the old workers go on", async () => {
    const folder = temporaryFolder();
    const flag = join(folder, "broken");
    const options = ["--workers", "1", "--backoff", "1..1", "--crash-limit", "2"];
    const run = hawserRun(options, "breakable.mjs", flag);
    const ws = await run.client();
    writeFileSync(flag, "");
    run.kill("SIGHUP");
    await run.says(
      "2 workers in a row ended early (--crash-limit 2): the restart is broken off, the old workers go on",
    );
    expect(await ask(ws, "hello")).toBe("hello");
    expect(await ask(await run.client(), "hello")).toBe("hello");
  });
});

/** A new client every few milliseconds, each of which says something, and may be asked to come back. */
function streamOf(port: number) {
  const attempts: Promise<void>[] = [];
  const refused: string[] = [];
  let served = 0;
  const attempt = async () => {
    try {
      const ws = await connect(`ws://127.0.0.1:${port}`, { openTimeout: 30_000 });
      await ask(ws, "hello").catch(() => {});
      await ws.close();
      if (ws.closeCode === 1_000 || ws.closeCode === 1_012) served++;
      else refused.push(`closed with ${ws.closeCode}`);
    } catch (error) {
      refused.push(String(error));
    }
  };
  const timer = setInterval(() => attempts.push(attempt()), 20);
  return {
    async end() {
      clearInterval(timer);
      await Promise.all(attempts);
      return { refused, served };
    },
  };
}

test("SIGTTIN and SIGTTOU: one worker more, one less", async () => {
  const run = hawserRun(["--workers", "1", "--drain-window", "10"], "echo.mjs");
  const ws = await run.client();
  run.kill("SIGTTIN");
  await run.says("worker 2 is ready");
  const other = await run.client();
  expect(await ask(other, "/id")).not.toBe(await ask(ws, "/id"));
  run.kill("SIGTTOU");
  const last = (await ask(ws, "/id")) === "2" ? ws : other;
  expect(await closeCode(last)).toBe(1_012);
  await run.says("worker 2 has ended");
});

describeWith("systemd", "socket activation", () => {
  test.each([
    ["asks for a port", { port: 1 }],
    ["asks for the descriptor", { fd: 3 }],
  ])("workers share the descriptor, of a program that %s", async (_name, options) => {
    const port = await freePort();
    const prefix = ["/usr/bin/systemd-socket-activate", "--listen", `127.0.0.1:${port}`];
    const run = hawserRun(["--workers", "2"], "echo.mjs", options, { prefix });
    const first = await connectWhenPossible(port);
    expect(await ask(first, "hello")).toBe("hello");
    await run.says("2 workers are ready");
    const ids = await Promise.all((await openClients(run, 4)).map((ws) => ask(ws, "/id")));
    expect(ids.sort()).toEqual(["1", "1", "2", "2"]);
    run.kill("SIGTERM");
    expect(await closeCode(first)).toBe(1_001);
    expect(await run.ended).toBe(0);
  });

  test("a program that closes its server and ends leaves the descriptor to the next worker", async () => {
    const port = await freePort();
    const prefix = ["/usr/bin/systemd-socket-activate", "--listen", `127.0.0.1:${port}`];
    const run = hawserRun(["--workers", "1", "--backoff", "1..1"], "echo.mjs", { port: 1 }, { prefix });
    const ws = await connectWhenPossible(port);
    await ws.send("/leave");
    expect(await closeCode(ws)).toBe(1_001);
    await run.says("worker 1 has ended: exit code 0");
    expect(await ask(await connectWhenPossible(port), "hello")).toBe("hello");
  });
});

test("the service manager is told when it is ready, restarts and stops", async () => {
  const folder = temporaryFolder();
  const notifications = join(folder, "notifications");
  const script = `#!/bin/sh\necho "$NOTIFY_SOCKET" "$@" >> ${notifications}\n`;
  writeFileSync(join(folder, "systemd-notify"), script, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env["PATH"]}`, NOTIFY_SOCKET: "/somewhere", WATCHDOG_USEC: "200000" };
  const run = hawserRun(["--workers", "1"], "echo.mjs", {}, { env });
  const told = (text: string) =>
    vi.waitFor(() => expect(readFileSync(notifications, "utf8")).toContain(text), { timeout: 20_000 });
  await told("/somewhere READY=1 STATUS=running: 1 of 1 workers are ready");
  await told("/somewhere WATCHDOG=1");
  run.kill("SIGHUP");
  await told("RELOADING=1 MONOTONIC_USEC=");
  run.kill("SIGTERM");
  expect(await run.ended).toBe(0);
  await told("STOPPING=1");
});

async function connectWhenPossible(port: number): Promise<ClientConnection> {
  const ws = await vi.waitFor(() => connect(`ws://127.0.0.1:${port}`), { timeout: 20_000 });
  onTestFinished(() => ws.terminate());
  return ws;
}
