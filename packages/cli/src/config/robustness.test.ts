/** Whatever a file, a variable or a flag holds: an answer, never a crash. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readConfigText } from "./config-file.ts";
import { resolveOptions } from "./resolve.ts";
import { RUN_OPTIONS } from "./run-options.ts";

const GOOD = '# a comment\n"entry": server.js\nrun: &run\n  workers: 2..8\n  scale: "cpu=70"\n  backoff: [1, *run]\n';

describe("texts", () => {
  const broken = fc
    .array(fc.tuple(fc.nat(GOOD.length), fc.nat(8), fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 4 })
    .map((cuts) => cuts.reduce((text, [at, length, more]) => text.slice(0, at) + more + text.slice(at + length), GOOD));

  test.each(["yaml", "json"] as const)("%s: problems have a place within the text", (syntax) => {
    fc.assert(
      fc.property(fc.oneof(broken, fc.string({ unit: "grapheme" }), fc.json()), (text) => {
        const { problems } = readConfigText(RUN_OPTIONS, { text, syntax, path: "c", folder: "/" });
        for (const problem of problems) {
          const [, line, column] = /^c:(\d+):(\d+): \S/.exec(problem) ?? [];
          expect(Number(line)).toBeGreaterThan(0);
          expect(Number(line)).toBeLessThanOrEqual(text.split("\n").length);
          expect(Number(column)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test("values: understood and shown so that they are understood again, or refused with a sentence", () => {
  const name = fc.constantFrom(...(Object.keys(RUN_OPTIONS) as (keyof typeof RUN_OPTIONS)[]));
  const value = fc.oneof(fc.string(), fc.stringMatching(/^[\w.:=%-]{1,12}$/), fc.integer().map(String));
  fc.assert(
    fc.property(name, value, (option, text) => {
      const { settings, problems } = resolveOptions(RUN_OPTIONS, {
        flags: { [option]: text },
        environment: {},
        file: undefined,
      });
      if (problems.length > 0) {
        expect(problems[0]).toMatch(/ must be .* got .*\.$/s);
        return;
      }
      const { grammar } = RUN_OPTIONS[option] as {
        grammar: { read(raw: string): unknown; show(value: unknown): string };
      };
      expect(grammar.read(grammar.show(settings[option]))).toEqual({ value: settings[option] });
    }),
    { numRuns: 1_000 },
  );
});
