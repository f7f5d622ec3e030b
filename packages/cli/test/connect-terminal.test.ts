/** `hawser connect` before a person: the built program in a real terminal. */

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "hawser";
import { expect, onTestFinished, test } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { TmuxTerminal } from "./support/tmux.ts";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

describeWith("tmux", "hawser connect in a terminal", () => {
  async function open(words = "") {
    const server = await serve(
      async (ws) => {
        for await (const message of ws) await ws.send(message === "paint" ? "\x1b[2J\x1b[31mred" : message);
      },
      { host: "127.0.0.1" },
    );
    onTestFinished(() => server.close());
    const home = mkdtempSync(join(tmpdir(), "hawser-home-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const start = () =>
      new TmuxTerminal(`${process.execPath} ${bin} connect 127.0.0.1:${server.port} ${words}`, { HOME: home });
    const terminal = start();
    await shows(terminal, "Connected to");
    return { server, home, terminal, start };
  }

  function shows(terminal: TmuxTerminal, text: string | RegExp): Promise<void> {
    const wanted = typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text);
    return expect.poll(() => terminal.screen(), { timeout: 10_000 }).toEqual(wanted);
  }

  test("a conversation, Ctrl-D, and the history of the next one", async () => {
    const { home, terminal, start } = await open();
    terminal.type("hello");
    terminal.press("Enter");
    await shows(terminal, /> hello\n< hello\n>/);
    terminal.type("/ping");
    terminal.press("Enter");
    await shows(terminal, /Pong after \d+\.\d ms\.\n>/);
    terminal.type("/binary 00ff");
    terminal.press("Enter");
    await shows(terminal, "< (binary, 2 bytes) 00 ff");
    terminal.press("C-d");
    await shows(terminal, /Connection closed: 1000 \(OK\)\.\nexit code 0/);
    expect(readFileSync(join(home, ".hawser_history"), "utf8")).toBe("hello\n/ping\n/binary 00ff\n");
    expect(statSync(join(home, ".hawser_history")).mode & 0o777).toBe(0o600);

    const next = start();
    await shows(next, "Connected to");
    next.press("Up", "Up", "Up");
    await shows(next, /> hello$/);
  });

  test("what is received stands above what is being typed, and can't paint", async () => {
    const { server, terminal } = await open();
    terminal.type("paint");
    terminal.press("Enter");
    await shows(terminal, "< \\x1b[2J\\x1b[31mred");
    terminal.type("half a li");
    await shows(terminal, /> half a li$/);
    for (const ws of server.connections) await ws.send("news");
    await shows(terminal, /< news\n> half a li$/);
    terminal.type("ne");
    terminal.press("Enter");
    await shows(terminal, "< half a line");
  });

  test("the server's stop, and Ctrl-C", async () => {
    const { server, terminal } = await open();
    await server.close();
    await shows(terminal, /Connection closed: 1001 \(going away\)\.\nexit code 0/);

    const { terminal: other } = await open("--times --no-history");
    other.press("C-c");
    await shows(other, /\d\d:\d\d:\d\d\.\d{3} Connection closed: 1000 \(OK\)\.\nexit code 0/);
  });
});
