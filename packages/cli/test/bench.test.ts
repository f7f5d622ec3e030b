/** `hawser bench` against real servers: what it counts is what happened. Its threads are the built program. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { broadcast, type Handler, respond, type ServeOptions, serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { bench } from "../src/bench/command.ts";
import type { BenchResult } from "../src/bench/result.ts";
import { CommandError, Interrupted } from "../src/command.ts";
import { temporaryFolder } from "./support/folder.ts";
import { MemoryTerminal } from "./support/memory-terminal.ts";

const ECHO: Handler = {
  message(ws, message) {
    ws.sendNow(message);
  },
};

async function started(handler: Handler, options: ServeOptions = {}) {
  const server = await serve(handler, { host: "127.0.0.1", ...options });
  onTestFinished(() => server.close());
  return { server, url: `ws://127.0.0.1:${server.port}` };
}

const SHORT = ["--duration", "300ms", "--warmup", "0", "--clients", "5", "--threads", "2", "--json", "-"];

async function run(url: string, ...words: readonly string[]) {
  const terminal = new MemoryTerminal();
  const exitCode = await bench.run([url, ...SHORT, ...words], terminal);
  return { exitCode, errors: terminal.errors, result: JSON.parse(terminal.output) as BenchResult };
}

test("echo at a rate: every message is answered, and a report is written", async () => {
  const { url } = await started(ECHO);
  const html = join(temporaryFolder(), "report.html");
  const { exitCode, result, errors } = await run(url, "--rate", "50", "--html", html, "--fail-if", "errors>0");
  expect(exitCode, errors).toBe(0);
  expect(result.clients).toEqual({ opened: 5, failed: 0, lost: 0 });
  expect(result).toMatchObject({ errors: [], closes: [], broken: [] });
  // Due in 300 ms: 15 for each of 5 clients, whatever became of them
  expect(result.latency!.count).toBe(75);
  expect(result.timeline.length).toBeGreaterThan(0);
  expect(errors).toContain(`${url}: echo, 5 clients, 50 messages/s each, 125 bytes, text`);
  expect(readFileSync(html, "utf8")).toContain("<svg");
});

test("a broken threshold is exit code 1", async () => {
  const { url } = await started(ECHO);
  const { exitCode, result } = await run(url, "--fail-if", "p50>0.001us,errors>0");
  expect(exitCode).toBe(1);
  expect(result.broken).toEqual([{ threshold: "p50>0.001us", value: expect.stringContaining("ms") }]);
});

test("what is sent: the handshake, the first message, a corpus as bytes", async () => {
  const seen: unknown[] = [];
  const { url } = await started(
    {
      open(ws) {
        seen.push(ws.request.headers.get("x-token"), ws.subprotocol, ws.extensions.map(({ name }) => name).join());
      },
      message(ws, message) {
        seen.push(typeof message === "string" ? message : Buffer.from(message).toString());
        if (typeof message !== "string") ws.sendNow(message);
      },
    },
    { subprotocols: ["v1"] },
  );
  const corpus = join(temporaryFolder(), "feed.jsonl");
  writeFileSync(corpus, '"one"\n"zwölf"\n');
  await run(
    ...([url, "--clients", "1", "--rate", "10", "--size", corpus, "--binary", "--compress"] as const),
    ...(["--header", "X-Token: secret", "--subprotocol", "v1", "--first", "join"] as const),
  );
  // The connection before has the thread's code compiled
  expect(seen.slice(4)).toEqual(["secret", "v1", "permessage-deflate", "join", "one", "zwölf", "one"]);
});

test("broadcast: each message reaches every client", async () => {
  const { url, server } = await started({
    message(ws, message) {
      broadcast(server.connections, message, { except: ws });
    },
  });
  const { result } = await run(url, "--mode", "broadcast", "--rate", "50");
  expect(result.latency!.count).toBe(15 * 5);
});

test("churn: connections are opened and closed again and again", async () => {
  const { url, server } = await started(ECHO);
  const { result } = await run(url, "--mode", "churn", "--rate", "20", "--messages", "2");
  expect(result.opening!.count).toBe(6 * 5);
  expect(result.latency!.count).toBe(6 * 5 * 2);
  // And one of each thread to have its code compiled
  expect(server.metrics().accepted).toBe(6 * 5 + 2);
});

test("listen: what comes is counted", async () => {
  const { url } = await started({
    open: (ws) => void ws.sendNow("hello"),
    message() {},
  });
  const { result } = await run(url, "--mode", "listen");
  expect(result).toMatchObject({ clients: { opened: 5, lost: 0 }, latency: null, throughput: { sent: 0 } });
});

describe("what goes wrong is counted by its kind", () => {
  test("refusals", async () => {
    const { url } = await started(ECHO, { processRequest: () => respond(503, "full") });
    await expect(run(url)).rejects.toThrow(
      new CommandError(`${url}: none of 5 clients could connect:\n  5 x handshake refused with status 503`),
    );
  });

  test("nobody there", async () => {
    const { url, server } = await started(ECHO);
    await server.close();
    await expect(run(url)).rejects.toThrow("5 x connection refused (ECONNREFUSED)");
  });

  test("clients that are closed", async () => {
    const { url } = await started({ message: (ws) => void ws.close(4000) });
    const { result } = await run(url);
    expect(result.closes).toEqual([{ code: 4000, count: 5 }]);
    expect(result.errors).toEqual([{ kind: "unanswered when the connection closed", count: 5 }]);
    expect(result.clients.lost).toBe(5);
  });

  test("answers that do not come, which the percentiles tell", async () => {
    const { url } = await started({ message() {} });
    const { result } = await run(url, "--timeout", "200ms");
    expect(result.errors).toEqual([{ kind: "no answer within 0.2 s", count: 5 }]);
    expect(result.latency!.min).toBeGreaterThanOrEqual(200);
  });
});

describe("Ctrl-C", () => {
  /** Interrupts when it is told of a stage. */
  class Impatient extends MemoryTerminal {
    constructor(stage: string) {
      super();
      const tell = this.error;
      Object.assign(this, {
        error: (text: string) => {
          tell(text);
          if (text.startsWith(stage)) this.interrupt();
        },
      });
    }
  }

  const LONG = ["--duration", "60s", "--warmup", "0", "--clients", "2", "--threads", "1", "--json", "-"];

  test("while it is measured ends early, with a result", async () => {
    const { url } = await started(ECHO);
    const terminal = new Impatient("measuring");
    expect(await bench.run([url, ...LONG], terminal)).toBe(0);
    const { load, throughput } = JSON.parse(terminal.output) as BenchResult;
    expect(load.measured).toBeLessThan(60_000);
    expect(throughput.received).toBeGreaterThan(0);
  });

  test("before, it is the end", async () => {
    const { url } = await started(ECHO);
    await expect(bench.run([url, ...LONG], new Impatient("opening"))).rejects.toThrow(Interrupted);
  });
});

test.runIf(process.platform === "linux")("--pid tells what the server used", async () => {
  const { url } = await started(ECHO);
  const { result } = await run(url, "--pid", String(process.pid));
  expect(result.server).toMatchObject({ pid: process.pid, rssPerConnection: null });
  expect(result.server!.rssOpen).toBeGreaterThan(1_048_576);
  await expect(run(url, "--pid", "4194304")).rejects.toThrow("there is no such process");
});
