/** A git repository with a short history, made by the test. */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const IDENTITY = {
  GIT_AUTHOR_NAME: "Jürgen Author",
  GIT_AUTHOR_EMAIL: "author@example.org",
  GIT_COMMITTER_NAME: "Carla Committer",
  GIT_COMMITTER_EMAIL: "committer@example.org",
  GIT_AUTHOR_DATE: "2026-03-02T10:00:00+01:00",
  GIT_COMMITTER_DATE: "2026-03-02T09:30:00Z",
  // Nothing of the machine's own settings
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
};

/** Runs git in `folder` and returns what it printed. */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...IDENTITY },
  }).trim();
}

/** `count` commits, each of which adds a line to `notes.txt`. */
export function makeRepository(folder: string, count: number): void {
  git(folder, "init", "--quiet", "--initial-branch=main");
  for (let number = 1; number <= count; number++) {
    writeFileSync(join(folder, "notes.txt"), "line\n".repeat(number));
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "--message", `Note ${number}\n\nWhy it is written down.`);
  }
}
