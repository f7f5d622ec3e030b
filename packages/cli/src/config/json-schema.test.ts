import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { RawValue } from "./grammar.ts";
import { configSchemaText } from "./json-schema.ts";
import { RUN_OPTIONS } from "./run-options.ts";

/** As much of JSON Schema as options use. */
interface Schema {
  readonly type?: "string" | "integer";
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

function accepts({ type, pattern, minimum, maximum, ...schema }: Schema, value: unknown): boolean {
  if (schema.anyOf !== undefined && !schema.anyOf.some((one) => accepts(one, value))) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  if (type === "string" && !(typeof value === "string" && new RegExp(pattern ?? "").test(value))) return false;
  if (type !== "integer") return true;
  return Number.isInteger(value) && Number(value) >= (minimum ?? -Infinity) && Number(value) <= (maximum ?? Infinity);
}

interface Properties {
  readonly additionalProperties: boolean;
  readonly properties: Readonly<Record<string, Schema>>;
}

const schema: Properties = JSON.parse(configSchemaText());
const run = schema.properties["run"] as unknown as Properties;
const deploy = schema.properties["deploy"] as unknown as Properties;

test("the published file is this one", () => {
  expect(readFileSync(new URL("../../config-schema.json", import.meta.url), "utf8")).toBe(configSchemaText());
});

test("every option of a file has its place, a description, and accepts its default", () => {
  expect(Object.keys(schema.properties)).toEqual(["$schema", "entry", "name", "run", "deploy"]);
  const closed = [schema, run, deploy].map(({ additionalProperties }) => additionalProperties);
  expect(closed).toEqual([false, false, false]);
  const outside = ["entry", "name", "config"];
  expect(Object.keys(run.properties)).toEqual(Object.keys(RUN_OPTIONS).filter((name) => !outside.includes(name)));
  for (const [name, one] of Object.entries(run.properties)) {
    expect(one.description, name).toBeTypeOf("string");
    if ("default" in one) expect(accepts(one, scalar(one.default)), name).toBe(true);
  }
});

/** Defaults of numbers are written as text, where a file may have either. */
function scalar(text: unknown): unknown {
  return /^\d+$/.test(String(text)) ? Number(text) : text;
}

describe("what the schema accepts is what the command understands", () => {
  test.each<[keyof typeof RUN_OPTIONS, RawValue[]]>([
    ["workers", [1, 4, "auto", "2..8", "2..auto", 0, 2.5, "lots", "2..", true]],
    [
      "balance",
      ["round-robin", "unix:/%d.sock", "unix:/%d?mode=666", "unix:/a.sock", "ports:80", "unix:", "ports:x", "other", 3],
    ],
    ["scale", ["connections=2000", "cpu=70", "cpu=70%", "off", false, true, "cpu", "cpu=x", 7]],
    ["memoryLimit", ["512M", "2GiB", "1000000000", 2 ** 30, "off", false, 5, "x", true]],
    ["stall", [0, 5_000, "5s", "5 min", "500", -1, 1.5, "soon", false]],
    ["stopCode", [1000, 1001, 3_000, 4_999, 1002, 1006, 1015, 5_000, true]],
    ["maxConnectionAge", ["1h", 60_000, "off", 5, "x"]],
    ["crashLimit", [0, 5, -1, 1.5]],
    ["backoff", ["500..30000", "500ms..30s", "500", "x"]],
    ["admin", ["127.0.0.1:9464", "[::1]:80", "localhost:80", 9_464, "off", false, 70_000, "host", true]],
    ["log", ["text", "json", "xml"]],
  ])("%s", (name, values) => {
    for (const value of values) {
      const isUnderstood = RUN_OPTIONS[name].grammar.read(value) !== undefined;
      expect([value, accepts(run.properties[name]!, value)]).toEqual([value, isUnderstood]);
    }
  });
});
