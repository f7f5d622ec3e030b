import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { connect } from "hawser";
import { afterEach, beforeAll, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

interface Demo {
  readonly process: ChildProcess;
  /** What it has printed so far, both streams. */
  readonly output: () => string;
  /** The exit code, once all output is there. */
  readonly ended: Promise<number | null>;
}

let demo: Demo | undefined;

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build" first`);
});

afterEach(async () => {
  if (demo?.process.exitCode === null) demo.process.kill("SIGKILL");
  await demo?.ended;
});

function start(environment: Record<string, string>): Demo {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, HOST: "127.0.0.1", ...environment } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  demo = { process: child, output: () => output, ended: once(child, "close").then(([code]) => code) };
  return demo;
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "says where it listens; %s closes with 1001 and exit code 0",
  async (signal) => {
    const { process: child, output, ended } = start({ PORT: "0" });
    await expect.poll(output, { timeout: 10_000 }).toContain("Ctrl-C stops it gracefully\n");
    const address = /^Hawser demo: http:\/\/(127\.0\.0\.1:\d+)\/\n/.exec(output())?.[1];
    const client = await connect(`ws://${address}/echo`);
    await client.send("ahoy");
    expect(await client.recv()).toBe("ahoy");
    child.kill(signal);
    await client.waitClosed();
    expect(client.closeCode).toBe(1001);
    expect(await ended).toBe(0);
    expect(output().match(/^info /gm)).toHaveLength(2);
    expect(output().endsWith("Hawser demo: stopped\n")).toBe(true);
  },
);

test("a port that another program has: the remedy, and exit code 1", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { output, ended } = start({ PORT: String(port) });
  expect(await ended).toBe(1);
  expect(output()).toMatch(/^Hawser demo: port \d+ is taken by another program\. .* PORT=\d+ npm start\n$/);
  other.close();
});

test.each(["harbour", "-1", "65536", "80.5"])("PORT=%s is refused with exit code 1", async (port) => {
  const { output, ended } = start({ PORT: port });
  expect(await ended).toBe(1);
  expect(output()).toBe(`Hawser demo: PORT must be a number from 0 to 65535, got "${port}"\n`);
});
