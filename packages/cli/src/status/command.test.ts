import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { FakeSupervision, workerStatus } from "../../test/support/fake-supervision.ts";
import { temporaryFolder } from "../../test/support/folder.ts";
import { MemoryTerminal } from "../../test/support/memory-terminal.ts";
import { startAdmin } from "../admin/admin-endpoint.ts";
import { CommandError, UsageError } from "../command.ts";
import { statusCommand } from "./command.ts";
import type { Screen } from "./screen.ts";

let supervision: FakeSupervision;
let admin: string;
let terminal: MemoryTerminal;

async function open(token?: string) {
  const address = { host: "127.0.0.1", port: 0 };
  const endpoint = await startAdmin(supervision, { address, token, name: undefined, kill: supervision.kill });
  onTestFinished(() => endpoint.close());
  admin = `127.0.0.1:${endpoint.address.port}`;
  return endpoint;
}

beforeEach(() => {
  supervision = new FakeSupervision();
  terminal = new MemoryTerminal();
});

interface Given {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly screen?: Screen;
}

function run(words: readonly string[], { environment = {}, folder = temporaryFolder(), screen }: Given = {}) {
  return statusCommand(() => ({ environment, folder, screen })).run(words, terminal);
}

describe("where it asks", () => {
  test.each<[what: string, (folder: string) => { words?: string[]; environment?: Record<string, string> }]>([
    ["--admin", () => ({ words: ["--admin", admin] })],
    ["HAWSER_ADMIN", () => ({ environment: { HAWSER_ADMIN: admin } })],
    [
      "the configuration file here",
      (folder) => {
        writeFileSync(join(folder, "hawser.config.yaml"), `run:\n  admin: ${admin}\n`);
        return {};
      },
    ],
    [
      "a configuration file elsewhere",
      (folder) => {
        writeFileSync(join(folder, "other.yaml"), `run:\n  admin: ${admin}\n`);
        return { words: ["--config", "other.yaml"] };
      },
    ],
    [
      "--admin, with a file that is broken",
      (folder) => {
        writeFileSync(join(folder, "hawser.config.yaml"), "run:\n  wokers: 1\n");
        return { words: ["--admin", admin] };
      },
    ],
    ["everywhere is here", () => ({ words: ["--admin", admin.replace("127.0.0.1", "0.0.0.0")] })],
  ])("%s", async (_what, prepare) => {
    await open();
    const folder = temporaryFolder();
    const { words = [], environment = {} } = prepare(folder);
    expect(await run(words, { environment, folder })).toBe(0);
    expect(terminal.output).toMatch(
      /^hawser 1\.2\.3, pid 4242, running, up for .*\ndist\/server\.js\n\nworker +pid +state/,
    );
    expect(terminal.output).toMatch(/\nall +2 of 2 ready +300 +50 % +128 MiB +0\n$/);
  });
});

test("--json is what the endpoint says", async () => {
  await open();
  await run(["--json", "--admin", admin]);
  expect(JSON.parse(terminal.output)).toEqual(JSON.parse(JSON.stringify(supervision.status())));
});

test("--help", async () => {
  expect(await run(["--help"])).toBe(0);
  expect(terminal.output).toContain("hawser status --json");
});

describe("what is wrong is told in a sentence", () => {
  test("nobody is there", async () => {
    const endpoint = await open();
    await endpoint.close();
    await expect(run(["--admin", admin])).rejects.toThrow(
      new CommandError(
        `nobody answers at ${admin}. Is hawser run running? Name its admin endpoint with --admin HOST:PORT or HAWSER_ADMIN.`,
      ),
    );
  });

  test.each<[what: string, words: string[], text: string]>([
    ["another word", ["now"], "options are all there is, got now."],
    ["no address", ["--admin", "off"], "the admin endpoint is off (--admin), so nobody can be asked."],
    [
      "half an address",
      ["--admin", "localhost"],
      '--admin must be HOST:PORT or PORT, such as 127.0.0.1:9464 or [::1]:9464, or off, got "localhost".',
    ],
  ])("%s", async (_what, words, text) => {
    await expect(run(words)).rejects.toThrow(new UsageError(text));
  });

  test("a file that is broken, and no other address", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "hawser.config.yaml"), "run:\n  wokers: 1\n");
    await expect(run([], { folder })).rejects.toThrow("hawser.config.yaml:2:3: run has no option wokers.");
  });

  test("a wrong token", async () => {
    await open("right");
    await expect(run(["--admin", admin], { environment: { HAWSER_ADMIN_TOKEN: "wrong" } })).rejects.toThrow(
      `${admin} wants the right token: --admin-token, or better HAWSER_ADMIN_TOKEN.`,
    );
  });

  test.each<[what: string, status: number, body: string]>([
    ["a page", 200, "<html>"],
    ["other JSON", 200, '{"pid": 3}'],
    ["not found", 404, "no"],
    ["a list", 200, "[]"],
  ])("somebody else answers: %s", async (_what, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const other = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(run(["--admin", other])).rejects.toThrow(
      `what answers at ${other} is not the admin endpoint of hawser run. Another place is named by --admin.`,
    );
  });
});

describe("live", () => {
  class MemoryScreen implements Screen {
    readonly columns = 100;
    rows = 40;
    readonly frames: string[] = [];
    press: (key: string) => void = () => {};
    isOpen = false;

    open(onKey: (key: string) => void): void {
      this.isOpen = true;
      this.press = onKey;
    }

    draw(lines: readonly string[]): void {
      this.frames.push(lines.join("\n"));
    }

    close(): void {
      this.isOpen = false;
    }
  }

  const drawn = (screen: MemoryScreen, part: string) =>
    vi.waitFor(() => expect(screen.frames.at(-1)).toContain(part), { timeout: 5_000 });

  test.each(["q", "Q", "\x03"])("draws again when something has changed, and ends with %j", async (key) => {
    await open();
    const screen = new MemoryScreen();
    const done = run(["--admin", admin], { screen });
    await drawn(screen, "2 of 2 ready");
    expect(screen.frames.at(-1)!.endsWith("\n\nq: quit")).toBe(true);
    supervision.update({ workers: [workerStatus(1)] });
    await drawn(screen, "1 of 2 ready");
    screen.press("x");
    screen.press(key);
    expect(await done).toBe(0);
    expect([screen.isOpen, terminal.output]).toEqual([false, ""]);
  });

  test("a signal ends it", async () => {
    await open();
    const screen = new MemoryScreen();
    const done = run(["--admin", admin], { screen });
    await drawn(screen, "2 of 2 ready");
    terminal.interrupt();
    expect(await done).toBe(0);
    expect(screen.isOpen).toBe(false);
  });

  test("a supervisor that stops ends it", async () => {
    const endpoint = await open();
    supervision.update({ state: "stopping" });
    const screen = new MemoryScreen();
    const done = run(["--admin", admin], { screen });
    await drawn(screen, "stopping");
    await endpoint.close();
    expect(await done).toBe(0);
    expect([screen.isOpen, terminal.output]).toEqual([false, "It has stopped.\n"]);
  });

  test("one that is gone for a while is asked again", async () => {
    const endpoint = await open();
    const screen = new MemoryScreen();
    const done = run(["--admin", admin], { screen });
    await drawn(screen, "2 of 2 ready");
    await endpoint.close();
    await drawn(screen, `nobody answers at ${admin}`);
    screen.press("q");
    await done;
  });

  test("with --once, or where standard output is no terminal, it is one look", async () => {
    await open();
    const screen = new MemoryScreen();
    await run(["--once", "--admin", admin], { screen });
    expect([screen.frames, screen.isOpen]).toEqual([[], false]);
    expect(terminal.output).toContain("2 of 2 ready");
  });

  test("on a low screen the foot stays", async () => {
    await open();
    const screen = new MemoryScreen();
    screen.rows = 5;
    const done = run(["--admin", admin], { screen });
    await drawn(screen, "q: quit");
    expect(screen.frames.at(-1)!.split("\n")).toHaveLength(5);
    screen.press("q");
    await done;
  });

  test("nobody there is an error, and the screen is left alone", async () => {
    const screen = new MemoryScreen();
    await expect(run(["--admin", "127.0.0.1:1"], { screen })).rejects.toThrow("nobody answers");
    expect(screen.frames).toEqual([]);
  });
});
