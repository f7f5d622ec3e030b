import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/folder.ts";
import { UsageError } from "../command.ts";
import { configurationText, readRunConfiguration } from "./run-configuration.ts";

interface Given {
  readonly environment?: Readonly<Record<string, string>>;
  readonly file?: string;
}

function read(words: readonly string[], { environment = {}, file }: Given = {}) {
  const folder = temporaryFolder();
  if (file !== undefined) writeFileSync(join(folder, "hawser.config.yaml"), file);
  const configuration = readRunConfiguration(words, { environment, folder });
  if (configuration === "help") throw new Error("Help was not asked for");
  return { ...configuration, folder };
}

describe("precedence", () => {
  const file = "run:\n  workers: 4\n";
  const environment = { HAWSER_WORKERS: "5" };

  test.each<[what: string, words: string[], Given, workers: number, origin: object]>([
    ["a flag", ["--workers", "6"], { environment, file }, 6, { kind: "flag", flag: "--workers" }],
    ["then the environment", [], { environment, file }, 5, { kind: "environment", variable: "HAWSER_WORKERS" }],
    ["then the file", [], { file }, 4, { kind: "file", place: "hawser.config.yaml:2:12" }],
    [
      "an empty variable is none",
      [],
      { environment: { HAWSER_WORKERS: "" }, file },
      4,
      { kind: "file", place: "hawser.config.yaml:2:12" },
    ],
  ])("%s", (_name, words, given, count, origin) => {
    const { settings, origins } = read(["a.js", ...words], given);
    expect(settings.workers).toEqual({ least: count, most: count });
    expect(origins.workers).toEqual(origin);
  });

  test("then the default", () => {
    const { settings, origins } = read(["a.js"]);
    expect(settings).toMatchObject({ workers: { least: "auto", most: "auto" }, drainWindow: 30_000, log: "text" });
    expect(settings.admin).toEqual({ host: "127.0.0.1", port: 9_464 });
    expect(origins.workers).toEqual({ kind: "default" });
  });

  test("off overrules a value", () => {
    expect(
      read(["a.js", "--memory-limit", "off"], { file: "run:\n  memoryLimit: 1G\n" }).settings.memoryLimit,
    ).toBeUndefined();
  });
});

describe("the program", () => {
  test("and its own arguments", () => {
    for (const words of ["a.js -w 2 -- b --port 80", "-w 2 a.js b --port 80", "a.js -w 2 b --port 80"]) {
      const { settings, arguments: own } = read(words.split(" "));
      expect([settings.entry, settings.workers.least, own]).toEqual(["a.js", 2, ["b", "--port", "80"]]);
    }
  });

  test.each(["--port", "--host", "--verbose", "--debug", "--mode", "--tls", "--cert", "-p"])(
    "%s behind it is its own",
    (flag) => {
      expect(read(["a.js", flag, "1"]).arguments).toEqual([flag, "1"]);
    },
  );

  test("from a file starts where the file is", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "etc"));
    writeFileSync(join(folder, "etc", "a.yaml"), "entry: ../dist/server.js\n");
    expect(readRunConfiguration(["-c", "etc/a.yaml"], { environment: {}, folder })).toMatchObject({
      settings: { entry: join("dist", "server.js") },
    });
  });

  test("from the environment", () => {
    expect(read([], { environment: { HAWSER_ENTRY: "b.js" }, file: "entry: a.js\n" }).settings.entry).toBe("b.js");
  });

  test("must be there, but to show the configuration", () => {
    expect(() => read([])).toThrow("which program? Name the file that calls serve(), or set entry");
    expect(read(["--show-config"]).isShown).toBe(true);
  });
});

describe("what is wrong", () => {
  test.each<[what: string, words: string[], Given, message: string]>([
    ["a flag", ["--stall", "soon"], {}, '--stall must be a time such as 30s, 5m or 500 (ms), got "soon".'],
    ["a variable", [], { environment: { HAWSER_LOG: "xml" } }, 'HAWSER_LOG must be text or json, got "xml".'],
    [
      "an unknown flag",
      ["--wokers", "2"],
      {},
      "unknown option --wokers. Did you mean --workers? The program's own come after --.",
    ],
    [
      "a secret",
      ["--admin-token", "a b"],
      {},
      "--admin-token must be a word of visible ASCII characters, got something else.",
    ],
    [
      "scaling a fixed number",
      ["--scale", "cpu=70"],
      {},
      "--scale needs a range of workers, such as --workers 2..8, got auto.",
    ],
    [
      "scaling, from a file",
      [],
      { file: "run:\n  scale: cpu=70\n  workers: 3\n" },
      "hawser.config.yaml:2:10 needs a range of workers, such as --workers 2..8, got 3.",
    ],
    [
      "several things",
      ["--log", "xml"],
      { environment: { HAWSER_STALL: "x" }, file: "run:\n  stopCode: 7\n" },
      [
        "3 things are wrong:",
        "  hawser.config.yaml:2:13: stopCode must be a close code that may be sent: 1000 to 1014 but 1004, 1005 and 1006, or 3000 to 4999, got 7.",
        '  HAWSER_STALL must be a time such as 30s, 5m or 500 (ms), got "x".',
        '  --log must be text or json, got "xml".',
      ].join("\n"),
    ],
  ])("%s", (_name, words, given, message) => {
    expect(() => read(["a.js", ...words], given)).toThrow(new UsageError(message));
  });

  test("a range needs no rule for scaling: signals and hawser scale move within it", () => {
    expect(read(["a.js", "--workers", "2..4"]).settings.workers).toEqual({ least: 2, most: 4 });
  });

  test("a misspelt variable is warned of; those of others are not", () => {
    const environment = { HAWSER_WOKERS: "2", HAWSER_PORT: "tcp://10.0.0.1:80", HAWSER_SERVICE_HOST: "10.0.0.1" };
    expect(read(["a.js"], { environment }).warnings).toEqual([
      "HAWSER_WOKERS means nothing. Did you mean HAWSER_WORKERS?",
    ]);
  });
});

test("a grace that is shorter than the window is warned of", () => {
  const warnings = (...words: string[]) => read(["a.js", ...words]).warnings;
  expect(warnings("--grace", "5s")).toEqual([
    "--grace 5s is shorter than --drain-window 30s: a worker that is replaced may be killed with connections open.",
  ]);
  expect(warnings("--grace", "5s", "--drain-window", "5s")).toEqual([]);
  expect(warnings("--drain-window", "5m")).toEqual([]);
});

test("--help and --config", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "other.json"), '{"entry": "o.js"}');
  const surroundings = { environment: { HAWSER_CONFIG: "other.json" }, folder };
  expect(readRunConfiguration(["--help"], surroundings)).toBe("help");
  expect(readRunConfiguration([], surroundings)).toMatchObject({ file: "other.json" });
  expect(() => readRunConfiguration(["--config", "none.yaml"], surroundings)).toThrow("none.yaml can't be read");
});

test("what --show-config prints", () => {
  const environment = { HAWSER_ADMIN_TOKEN: "secret" };
  const text = configurationText(read(["a.js", "-w", "3"], { environment, file: "run:\n  drainWindow: 90s\n" }));
  expect(text).toMatch(/^Configuration file: hawser\.config\.yaml\n\noption +value +from\n/);
  expect(text).toMatch(/^entry +a\.js +the entry$/m);
  expect(text).toMatch(/^workers +3 +--workers$/m);
  expect(text).toMatch(/^drainWindow +90s +hawser\.config\.yaml:2:16$/m);
  expect(text).toMatch(/^adminToken +\(not shown\) +HAWSER_ADMIN_TOKEN$/m);
  expect(text).toMatch(/^memoryLimit +off +default$/m);
  expect(text).not.toContain("secret");
});
