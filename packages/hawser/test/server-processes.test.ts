/** Programs run what was built: `npm test` builds first. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import { pathOf, start, started } from "./support/child-processes.ts";
import { within } from "./support/deadline.ts";
import { openClient, rawClient } from "./support/raw-client.ts";

const isWindows = process.platform === "win32";

describe("shutdownOn, in a process", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("%s: clients get 1001, and the process ends by itself", async (signal) => {
    const program = await start("shutdown");
    const clients = [await openClient(program.port), await openClient(program.port)];
    expect(await clients[0]!.text("ahoy").message()).toBe("ahoy");
    program.process.kill(signal);
    const codes = clients.map(async (client) => (await client.closed()).code);
    expect(await Promise.all(codes)).toEqual([1001, 1001]);
    expect(await within("the end", program.ended)).toBe(isWindows ? signal : 0);
    expect(program.output()).toContain("closed\n");
  });

  test("drain: clients get 1012", async () => {
    const program = await start("shutdown", { drain: { notReady: 0, window: 0 } });
    const client = await openClient(program.port);
    program.process.kill("SIGTERM");
    expect((await client.closed()).code).toBe(1012);
    expect(await within("the end", program.ended)).toBe(0);
  });

  test("handshakes under way get 503", async () => {
    const program = await start("shutdown");
    const opening = await rawClient(program.port);
    // An answer to another client tells that the server has seen this one
    const client = await openClient(program.port);
    opening.write("GET / HTTP/1.1\r\nHost: a\r\n");
    program.process.kill("SIGTERM");
    expect((await opening.response()).status).toBe(503);
    expect((await client.closed()).code).toBe(1001);
    expect(await within("the end", program.ended)).toBe(0);
  });

  test("a handler that never returns holds it up for closeTimeout only", async () => {
    const program = await start("shutdown", { isStuck: true, closeTimeout: 100 });
    const client = await openClient(program.port);
    program.process.kill("SIGTERM");
    expect((await client.closed()).code).toBe(1001);
    expect(await within("the end", program.ended)).toBe(0);
  });

  test("a second signal ends it at once, whoever it still waits for", async () => {
    const program = await start("shutdown", { closeTimeout: 60_000 });
    const client = await openClient(program.port);
    program.process.kill("SIGTERM");
    // It is closing now, and this client does not answer
    await client.frame({ opcode: 8 });
    program.process.kill("SIGINT");
    expect(await within("the end", program.ended)).toBe(128 + 2);
    expect(program.output()).not.toContain("closed");
  });
});

test("an inherited descriptor, as systemd hands it over", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { fd } = (listener as unknown as { readonly _handle: { readonly fd: number } })._handle;
  const script = 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web exec "$0" "$@"';
  const child = spawn("sh", ["-c", script, process.execPath, pathOf("inherited")], {
    stdio: ["ignore", "pipe", "inherit", fd],
  });
  const { port } = listener.address() as { readonly port: number };
  const program = await started(child);
  listener.close();
  expect(program.output()).toBe(`port ${port} fd 3 name web others 0\n`);
  const client = await openClient(port);
  expect(await client.text("ahoy").message()).toBe("ahoy");
  child.kill("SIGTERM");
  expect((await client.closed()).code).toBe(1001);
  expect(await within("the end", program.ended)).toBe(0);
});

test("a server in a worker thread is stopped by a message from the main thread", async () => {
  const worker = new Worker(pathOf("worker"), { execArgv: [] });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await within("the port", once(worker, "message"));
  const client = await openClient(port);
  expect(await client.text("ahoy").message()).toBe("ahoy");
  const exited = once(worker, "exit");
  worker.postMessage("stop");
  expect((await client.closed()).code).toBe(1001);
  expect(await within("the thread's end", exited)).toEqual([0]);
});
