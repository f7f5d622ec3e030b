import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/folder.ts";
import { CommandError } from "../command.ts";
import { findEntry } from "./entry.ts";

function projectWith(...files: readonly string[]): string {
  const folder = temporaryFolder();
  for (const file of files) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), file.endsWith(".json") ? '{"name":"tsx","exports":"./loader.mjs"}' : "");
  }
  return folder;
}

test("JavaScript needs nothing", () => {
  const folder = projectWith("server.mjs");
  expect(findEntry(join(folder, "server.mjs"))).toEqual({ path: join(folder, "server.mjs"), flags: [] });
});

test.each(["server.ts", "server.mts", "app/server.cts", "server.tsx"])(
  "%s runs by tsx, if the project has it",
  (name) => {
    const folder = projectWith(name, "node_modules/tsx/package.json", "node_modules/tsx/loader.mjs");
    const loader = pathToFileURL(join(folder, "node_modules/tsx/loader.mjs")).href;
    expect(findEntry(join(folder, name)).flags).toEqual(["--import", loader]);
  },
);

test.each([
  ["nothing.js", "nothing.js: there is no such file."],
  [".", ". is not a file: name the program that calls serve()."],
])("%s is refused", (name, message) => {
  expect(() => findEntry(name)).toThrow(new CommandError(message));
});
