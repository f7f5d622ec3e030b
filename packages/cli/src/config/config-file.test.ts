import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/folder.ts";
import { UsageError } from "../command.ts";
import { loadConfigFile, readConfigText } from "./config-file.ts";
import { RUN_OPTIONS } from "./run-options.ts";

function read(text: string, syntax: "json" | "yaml" = "yaml") {
  return readConfigText(RUN_OPTIONS, { text, syntax, path: "hawser.config.yaml", folder: "/app" });
}

describe("what is right", () => {
  test("YAML, with the place of every value", () => {
    const { values, problems } = read(
      "entry: server.js\nrun:\n  # four\n  workers: 4\n  admin: off\n  backoff: 1s..1m\n",
    );
    expect(problems).toEqual([]);
    expect(values).toEqual({
      entry: { value: "server.js", place: "hawser.config.yaml:1:8" },
      workers: { value: { least: 4, most: 4 }, place: "hawser.config.yaml:4:12" },
      admin: { value: undefined, place: "hawser.config.yaml:5:10" },
      backoff: { value: { least: 1_000, most: 60_000 }, place: "hawser.config.yaml:6:12" },
    });
  });

  test("JSON with comments and a comma too many", () => {
    const text =
      '{\n\t"$schema": "https://example.test/schema.json", // editors\n\t/* all */ "run": { "workers": "2..8", },\n}';
    const { values, problems } = read(text, "json");
    expect(problems).toEqual([]);
    expect(values).toEqual({ workers: { value: { least: 2, most: 8 }, place: "hawser.config.yaml:3:32" } });
  });

  test.each(["", "# nothing yet\n", "\uFEFF", "{}"])("%j says nothing", (text) => {
    expect(read(text)).toMatchObject({ values: {}, problems: [] });
  });

  test("a text with two slashes is no comment", () => {
    expect(read('{"entry": "a//b"}', "json").values).toMatchObject({ entry: { value: "a//b" } });
  });

  test("an alias is what it stands for", () => {
    expect(read("run:\n  drainWindow: &window 10s\n  grace: *window\n").values).toMatchObject({
      grace: { value: 10_000 },
    });
  });
});

describe("what is wrong is told with file, line, column, key, what was expected and what stands there", () => {
  test.each<[what: string, text: string, problems: string[]]>([
    ["a value", "run:\n  stall: soon\n", ['2:10: stall must be a time such as 30s, 5m or 500 (ms), got "soon".']],
    ["a list", "run:\n  stall: [5s]\n", ["2:10: stall must be a time such as 30s, 5m or 500 (ms), got a list."]],
    [
      "keys that contain themselves",
      "run: &run\n  stall: *run\n",
      ["2:10: stall must be a time such as 30s, 5m or 500 (ms), got keys and values."],
    ],
    ["nothing", "run:\n  stall:\n", ["2:9: stall must be a time such as 30s, 5m or 500 (ms), got null."]],
    ["a key that is nearly right", "run:\n  wokers: 4\n", ["2:3: run has no option wokers. Did you mean workers?"]],
    ["a key like no other", "run:\n  colour: red\n", ["2:3: run has no option colour."]],
    ["a section that is nearly right", "rnu:\n  workers: 4\n", ["1:1: unknown key rnu. Did you mean run?"]],
    ["an option beside its section", "workers: 4\n", ["1:1: unknown key workers. workers belongs into run."]],
    [
      "an option of the top within",
      "run:\n  entry: a.js\n",
      ["2:3: run has no option entry. entry stands beside run, not in it."],
    ],
    ["an option of the command line alone", "run:\n  config: a.yaml\n", ["2:3: run has no option config."]],
    [
      "a secret is not repeated",
      "run:\n  adminToken: two words\n",
      ["2:15: adminToken must be a word of visible ASCII characters, got something else."],
    ],
    ["a section that is none", "run: 4\n", ["1:6: run must hold options."]],
    ["a section that is a list", "run: [4]\n", ["1:6: run must hold options."]],
    ["a file that is none", "just words\n", ["1:1: the file must hold keys and values."]],
    [
      "several things, all of them",
      "nmae: x\nrun:\n  a: 1\n  b: 2\n  log: xml\n",
      [
        '5:8: log must be text or json, got "xml".',
        "3:3: run has no option a.",
        "4:3: run has no option b.",
        "1:1: unknown key nmae. Did you mean name?",
      ],
    ],
    ["a key twice", "run:\n  log: text\n  log: json\n", ["3:3: Map keys must be unique."]],
    ["two documents", "entry: a\n---\nentry: b\n", ["2:1: There is a second document; a configuration is one."]],
    ["a tab", "run:\n\tlog: text\n", ["2:1: Tabs are not allowed as indentation."]],
  ])("%s", (_name, text, problems) => {
    expect(read(text).problems).toEqual(problems.map((one) => `hawser.config.yaml:${one}`));
  });

  test("a long value is shortened", () => {
    expect(read(`run:\n  log: ${"x".repeat(500)}\n`).problems[0]).toHaveLength(
      "hawser.config.yaml:2:8: log must be text or json, got ....".length + 60,
    );
  });

  test("JSON that is none", () => {
    expect(read('{"run": {"log": text}}', "json").problems).toEqual([
      'hawser.config.yaml:1:17: Unresolved plain scalar "text".',
    ]);
  });

  test("aliases that would fill the memory", () => {
    const lines = Array.from({ length: 12 }, (_, at) => `a${at}: &a${at} [${`*a${at - 1},`.repeat(9)}]`);
    const { problems } = read(["a: &a-1 x", ...lines].join("\n").replaceAll("*a-1", "x"));
    expect(problems).toEqual(["hawser.config.yaml:1:1: Excessive alias count indicates a resource exhaustion attack."]);
  });

  test.each(["__proto__", "constructor", "prototype"])("a key %s reaches nothing", (key) => {
    const file = read(`${key}:\n  entry: a.js\nrun:\n  ${key}: { log: json }\n`);
    expect(file).toMatchObject({ values: {}, problems: [] });
  });
});

describe("where it is looked for", () => {
  test.each(["hawser.config.json", "hawser.config.jsonc", "hawser.config.yaml", "hawser.config.yml"])("%s", (name) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, name), '{ "run": { "workers": 3 } }');
    expect(loadConfigFile(RUN_OPTIONS, folder, undefined)).toMatchObject({
      path: name,
      folder,
      values: { workers: { value: { least: 3, most: 3 }, place: `${name}:1:23` } },
    });
  });

  test("nowhere, there is none", () => {
    expect(loadConfigFile(RUN_OPTIONS, temporaryFolder(), undefined)).toBeUndefined();
  });

  test("elsewhere, if told", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "etc"));
    writeFileSync(join(folder, "etc", "a.yaml"), "entry: b.js\n");
    const file = loadConfigFile(RUN_OPTIONS, folder, "etc/a.yaml");
    expect(file).toMatchObject({ path: join("etc", "a.yaml"), folder: join(folder, "etc") });
  });

  test("two of them, none at all and other kinds are refused", () => {
    const folder = temporaryFolder();
    for (const name of ["hawser.config.json", "hawser.config.yaml"]) writeFileSync(join(folder, name), "{}");
    const load = (path?: string) => () => loadConfigFile(RUN_OPTIONS, folder, path);
    expect(load()).toThrow(
      new UsageError("there are hawser.config.json and hawser.config.yaml; remove one, or choose with --config."),
    );
    expect(load("no.yaml")).toThrow("the configuration file no.yaml can't be read: ENOENT");
    expect(load("a.toml")).toThrow("must end with .json, .jsonc, .yaml or .yml, got a.toml.");
  });
});
