import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/folder.ts";
import { MemoryTerminal } from "../../test/support/memory-terminal.ts";
import { CommandError, ExitCode, UsageError } from "../command.ts";
import { generate } from "./command.ts";
import { TARGETS } from "./targets/index.ts";

async function run(...words: readonly string[]) {
  const terminal = new MemoryTerminal();
  const code = await generate.run(words, terminal);
  return { code, out: terminal.output, error: terminal.errors };
}

describe("output", () => {
  test("one file goes to standard output as it is, several with their names", async () => {
    expect((await run("haproxy", "--name", "chat")).out).toMatch(/^# Made by hawser generate haproxy .*\n/);
    const { out } = await run("nginx", "--name", "chat");
    expect(out.match(/^# ---- .*$/gm)).toEqual(["# ---- nginx.conf", "# ---- conf.d/chat.conf"]);
  });

  test("files go to a folder, are checked there, and a difference is told with its line", async () => {
    const out = join(temporaryFolder(), "deploy");
    const words = ["nginx", "--name", "chat", "--out", out];
    const check = (...more: readonly string[]) => run(...words, "--check", ...more);
    expect(await check()).toMatchObject({
      code: ExitCode.FAILED,
      error: expect.stringContaining("nginx.conf is missing"),
    });
    expect(await run(...words)).toMatchObject({
      code: ExitCode.OK,
      out: "",
      error: expect.stringContaining("conf.d/chat.conf"),
    });
    expect(await check()).toEqual({ code: ExitCode.OK, out: "", error: "" });
    const path = join(out, "conf.d", "chat.conf");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("map $http_upgrade", "map $http_upgrades"));
    expect((await check()).error).toMatch(/chat\.conf:5 differs\n$/);
    writeFileSync(path, `${text}# more\n`);
    expect((await check()).code).toBe(ExitCode.FAILED);
    writeFileSync(path, text);
    expect((await check("--idle-timeout", "90s")).code).toBe(ExitCode.FAILED);
  });

  test("files of others are not overwritten, unless that is asked for", async () => {
    const out = temporaryFolder();
    const path = join(out, "Dockerfile");
    writeFileSync(path, "FROM scratch\n");
    const words = ["docker", "--name", "chat", "--out", out];
    const failure = await run(...words).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect((failure as Error).message).toBe(
      `nothing is written: these files were not made by hawser generate; --force overwrites them:\n  ${path}`,
    );
    expect(readFileSync(path, "utf8")).toBe("FROM scratch\n");
    expect(readdirSync(out)).toEqual(["Dockerfile"]);
    expect((await run(...words, "--force")).code).toBe(ExitCode.OK);
    // Its own are, whatever the values
    expect((await run(...words, "--port", "3000")).code).toBe(ExitCode.OK);
    expect(readFileSync(path, "utf8")).toContain("ENV PORT=3000");
  });

  test.each(["grafana", "koyeb", "heroku"])("%s: what was made before is made anew", async (target) => {
    const out = temporaryFolder();
    expect((await run(target, "--name", "chat", "--out", out)).code).toBe(ExitCode.OK);
    expect((await run(target, "--name", "chat", "--port", "3000", "--out", out)).code).toBe(ExitCode.OK);
  });

  test("a folder that cannot be written to is said", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    for (const more of [[], ["--check"]]) {
      const failure = await run("nginx", "--name", "chat", "--out", file, ...more).catch((error: Error) => error);
      if (more.length === 0) expect(failure).toBeInstanceOf(CommandError);
      else expect(failure).toMatchObject({ code: ExitCode.FAILED });
    }
  });

  test("the configuration file is found by --config", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "etc"));
    const path = join(folder, "etc", "a.yaml");
    writeFileSync(path, "name: feed\ndeploy: { port: 9000 }\n");
    expect((await run("haproxy", "--config", path)).out).toContain("server feed-1 127.0.0.1:9000");
  });

  test("the help names every target and option", async () => {
    const { out } = await run("--help");
    for (const { name } of TARGETS) expect(out).toContain(`  ${name} `);
    expect(out).toContain("--idle-timeout <time>");
    expect(out).toContain("--check");
  });
});

test.each<[string[], RegExp]>([
  [[], /which target\?/],
  [["ngnix"], /unknown target ngnix. Did you mean nginx\?/],
  [["nginx", "caddy"], /one target can be given, got caddy/],
  [["nginx", "--check"], /--check needs --out/],
  [["nginx", "--prot", "1"], /unknown option --prot. Did you mean --port\?/],
  [["nginx", "--port", "x"], /--port must be a whole number/],
])("%o is refused", async (words, message) => {
  const failure = await run(...words).catch((error: Error) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect((failure as Error).message).toMatch(message);
});

test("contradictions are told all at once, and nothing is written", async () => {
  const failure = await run("nginx", "--name", "chat", "--idle-timeout", "30s", "--http", "2").catch((error) => error);
  expect(failure).toBeInstanceOf(CommandError);
  expect((failure as Error).message).toMatch(/nothing is written:\n {2}pingInterval must be .*\n {2}http must be 1\.1/);
});
