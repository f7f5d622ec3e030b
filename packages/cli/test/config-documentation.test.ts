/** What the documentation shows of the configuration is understood. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readConfigText } from "../src/config/config-file.ts";
import { readRunConfiguration } from "../src/config/run-configuration.ts";
import { RUN_OPTIONS } from "../src/config/run-options.ts";
import { temporaryFolder } from "./support/folder.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const PAGES = ["docs/guides/configuration.md", "docs/guides/autoscaling.md", "docs/guides/health-checks.md"];

describe.each(PAGES.map((page) => [page, readFileSync(`${root}${page}`, "utf8")] as const))("%s", (page, text) => {
  test("files", () => {
    const fences = Array.from(text.matchAll(/^```(yaml|json) title=(hawser\.config\.\S+)\n([\s\S]*?)^```$/gm));
    for (const [, syntax, path = "", content = ""] of fences) {
      const file = readConfigText(RUN_OPTIONS, {
        text: content,
        syntax: syntax as "yaml" | "json",
        path,
        folder: root,
      });
      expect(file.problems).toEqual([]);
      expect(file.values).not.toEqual({});
    }
    expect(fences.length > 0).toBe(page === "docs/guides/configuration.md");
  });

  test("command lines", () => {
    const lines = Array.from(text.matchAll(/^hawser run (.+)$|^\$ hawser run (.+) > \S+ &$/gm), ([, plain, started]) =>
      (plain ?? started ?? "").split(" "),
    );
    for (const words of lines) {
      expect(readRunConfiguration(words, { environment: {}, folder: temporaryFolder() })).toHaveProperty(
        "settings.entry",
      );
    }
    expect(lines.length > 0).toBe(page !== "docs/guides/configuration.md");
  });

  test("flags, variables and links exist", () => {
    const { flags, variables } = known();
    for (const [flag] of text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)) expect(flags, flag).toContain(flag);
    for (const [variable] of text.matchAll(/HAWSER_[A-Z_]+/g)) expect(variables, variable).toContain(variable);
    const links = Array.from(text.matchAll(/\]\(([^)#:]+\.md)/g), ([, target]) => target!);
    expect(links.filter((link) => !existsSync(new URL(link, `file://${root}${page}`)))).toEqual([]);
  });
});

/** Also those of other commands on these pages. */
function known() {
  const names = Object.keys(RUN_OPTIONS).map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  const others = [
    "help",
    "json",
    "show-config",
    "sample",
    "quick",
    "record",
    "seconds",
    "output",
    "html",
    "save-dev",
    "out",
    "check",
    "wait",
    "connections",
  ];
  return {
    flags: [...names, ...others].map((name) => `--${name}`),
    variables: names.map((name) => `HAWSER_${name.replaceAll("-", "_").toUpperCase()}`),
  };
}
