import { PassThrough, Writable } from "node:stream";
import { type HandlerFunction, type ServeOptions, type Server, serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { MemoryTerminal } from "../../test/support/memory-terminal.ts";
import { Interrupted } from "../command.ts";
import { connectCommand } from "./command.ts";

const echo: HandlerFunction = async (ws) => {
  for await (const message of ws) {
    if (message === "leave") return ws.close(4001, "so \x1blong");
    await ws.send(message);
  }
};

async function serving(handler: HandlerFunction = echo, options: ServeOptions = {}): Promise<Server> {
  const server = await serve(handler, { host: "127.0.0.1", ...options });
  onTestFinished(() => server.close());
  return server;
}

interface Run {
  readonly terminal: MemoryTerminal;
  readonly input: PassThrough;
  readonly code: Promise<number>;
}

function start(words: readonly string[], input?: string, { isTTY = false } = {}): Run {
  const terminal = new MemoryTerminal();
  const stdin = new PassThrough();
  if (input !== undefined) stdin.end(input);
  const output = Object.assign(new Writable(), { isTTY });
  const command = connectCommand({ input: stdin, output, historyPath: "/dev/null" });
  return { terminal, input: stdin, code: command.run(words, terminal) };
}

const addressOf = (server: Server) => `127.0.0.1:${server.port}`;
const CONNECTED = /^Connected to ws:\/\/127\.0\.0\.1:\d+\/, permessage-deflate\.\n/;

describe("in a pipe", () => {
  test("each line is a message, and each message a line", async () => {
    const { terminal, code } = start([addressOf(await serving()), "--wait", "0.1"], "first\n/second\r\nthird");
    expect(await code).toBe(0);
    expect(terminal.output).toBe("first\n/second\nthird\n");
    expect(terminal.errors).toMatch(CONNECTED);
    expect(terminal.errors).toMatch(/\nConnection closed: 1000 \(OK\)\.\n$/);
  });

  test.each([
    ["a program", false, "\x1b[2Jfirst\n"],
    ["a person", true, "\\x1b[2Jfirst\n"],
  ])("controls in a message, for %s", async (_who, isTTY, shown) => {
    const { terminal, code } = start([addressOf(await serving()), "--wait", "0.1"], "\x1b[2Jfirst\n", { isTTY });
    expect(await code).toBe(0);
    expect(terminal.output).toBe(shown);
  });

  test("a bad close code is an exit code, and its reason is made visible", async () => {
    const { terminal, code } = start([addressOf(await serving())], "leave\n");
    expect(await code).toBe(1);
    expect(terminal.errors).toContain("Connection closed: 4001 (private use) so \\x1blong.\n");
  });

  test("standard input as one binary message; events as JSON", async () => {
    const { terminal, code } = start([addressOf(await serving()), "--binary", "--json", "-w", "0.1"], "a\nb");
    expect(await code).toBe(0);
    const events = terminal.output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toEqual([
      { time: expect.any(Number), status: expect.stringMatching(/^Connected to /) },
      { time: expect.any(Number), base64: Buffer.from("a\nb").toString("base64") },
      { time: expect.any(Number), status: "Connection closed: 1000 (OK)." },
    ]);
  });

  test("bytes are hexadecimal digits", async () => {
    const server = await serving(async (ws) => ws.send(Uint8Array.of(0, 255)));
    const { terminal, code } = start([addressOf(server), "--wait", "forever"], "");
    expect(await code).toBe(0);
    expect(terminal.output).toBe("00ff\n");
  });

  test("the server's stop is seen as it is", async () => {
    const server = await serving();
    const { terminal, code } = start([addressOf(server), "--wait", "forever"], "hello\n");
    await expect.poll(() => terminal.output).toBe("hello\n");
    await server.close();
    expect(await code).toBe(0);
    expect(terminal.errors).toContain("Connection closed: 1001 (going away).\n");
  });

  test("Ctrl-C closes with 1000", async () => {
    let closeCode: number | undefined;
    const server = await serving(async (ws) => {
      await ws.send("hello");
      await ws.waitClosed();
      closeCode = ws.closeCode;
    });
    const { terminal, code } = start([addressOf(server)]);
    await expect.poll(() => terminal.output).toBe("hello\n");
    terminal.interrupt();
    await expect(code).rejects.toThrow(Interrupted);
    await server.close();
    expect(closeCode).toBe(1000);
  });

  test("reconnects, and sends the rest of its input then", async () => {
    const server = await serving(async (ws) => {
      for await (const message of ws) {
        await ws.send(message);
        if (message === "restart") return ws.close(1012);
      }
    });
    const { terminal, input, code } = start([addressOf(server), "--reconnect", "--wait", "0.1"]);
    input.write("restart\n");
    await expect.poll(() => terminal.errors).toContain("Connection closed: 1012 (service restart).");
    input.end("again\n");
    expect(await code).toBe(0);
    expect(terminal.output).toBe("restart\nagain\n");
    expect(terminal.errors.match(/Connected to/g)).toHaveLength(2);
  });
});

describe("no connection", () => {
  test("a refusal is shown with what the server says", async () => {
    const { code } = start([addressOf(await serving()), "--origin", "http://other"], "");
    await expect(code).rejects.toThrow(/refused the handshake: 403 Forbidden: the origin is not allowed/);
  });

  test("nobody listens", async () => {
    const server = await serve(echo, { host: "127.0.0.1" });
    const address = addressOf(server);
    await server.close();
    await expect(start([address], "").code).rejects.toThrow(/ECONNREFUSED/);
  });

  test("wrong options are said before anything is tried", async () => {
    await expect(start(["ws://localhost:1", "-s", "not a token"], "").code).rejects.toThrow("subprotocol");
  });

  test("--reconnect says why it waits; what no attempt mends ends it", async () => {
    let isBusy = true;
    const server = await serving(echo, {
      processRequest: () => (isBusy ? new Response("busy", { status: 503 }) : new Response("gone", { status: 410 })),
    });
    const { terminal, code } = start([addressOf(server), "--reconnect"], "");
    await expect.poll(() => terminal.errors).toContain("503 Service Unavailable: busy; trying again\n");
    isBusy = false;
    await expect(code).rejects.toThrow(/refused the handshake: 410.*: gone/);
  });
});

test("--help", async () => {
  const { terminal, code } = start(["--help"], "");
  expect(await code).toBe(0);
  expect(terminal.output).toContain("hawser connect ws://localhost:8765");
});
