/**
 * A corpus from a git repository's history: each commit as a JSON document, newest first, in the shape in which the API of a
 * code host gives commits.
 *
 * Documents of this shape are what other libraries' compression guides measure.
 */

import { spawn } from "node:child_process";
import { basename, resolve } from "node:path";
import { CommandError } from "../../command.ts";
import type { Gathered } from "../../messages/gathered.ts";
import { type FileChange, type Identity, parseBatch, parseNumstat, type RawCommit } from "./commit-object.ts";

const API = "https://api.example.com/repos";
const SITE = "https://code.example.com";

/** Files that a document names at most, as on a code host. */
const MOST_FILES = 300;

/**
 * @param repository a folder in a git working tree, or a bare repository
 * @param most commits to take at most
 * @throws {CommandError} if git is missing, or `repository` is none or has no commit
 */
export async function gitLog(repository: string, most: number, interruption: AbortSignal): Promise<Gathered> {
  const git = (args: readonly string[], input = "") => runGit(repository, args, input, interruption);
  // One more than is wanted tells whether there are more
  const list = (await git(["rev-list", `--max-count=${most + 1}`, "HEAD"])).toString("utf8");
  const wanted = list
    .split("\n")
    .filter((sha) => sha !== "")
    .slice(0, most);
  const input = wanted.map((sha) => `${sha}\n`).join("");
  const commits = parseBatch(await git(["cat-file", "--batch"], input));
  const range = [`--max-count=${most}`, "--no-renames", "--numstat", "--format=%x01%H", "HEAD"];
  const changes = parseNumstat((await git(["-c", "core.quotePath=false", "log", ...range])).toString("utf8"));
  const name = basename(resolve(repository)).replace(/\.git$/, "");
  const messages = commits.map((commit) => {
    return Buffer.from(JSON.stringify(commitDocument(commit, changes.get(commit.sha) ?? [], name)));
  });
  return { source: `git history of ${name}`, messages, hasMore: list.trim().split("\n").length > most };
}

/** A commit as a code host's API has it. */
export function commitDocument(commit: RawCommit, files: readonly FileChange[], name: string): object {
  const repository = `${API}/${name}/${name}`;
  const site = `${SITE}/${name}/${name}/commit`;
  const { sha, tree, parents, message } = commit;
  const total = (count: (file: FileChange) => number) => files.reduce((sum, file) => sum + count(file), 0);
  const additions = total((file) => file.additions);
  const deletions = total((file) => file.deletions);
  return {
    sha,
    node_id: `C_${Buffer.from(`${name}/${sha}`).toString("base64url")}`,
    url: `${repository}/git/commits/${sha}`,
    html_url: `${site}/${sha}`,
    author: ordered(commit.author),
    committer: ordered(commit.committer),
    tree: { sha: tree, url: `${repository}/git/trees/${tree}` },
    message,
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${repository}/git/commits/${parent}`,
      html_url: `${site}/${parent}`,
    })),
    verification: verification(commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files.slice(0, MOST_FILES).map((file) => ({ ...file, changes: file.additions + file.deletions })),
  };
}

function ordered({ name, email, date }: Identity): object {
  return { name, email, date };
}

function verification({ signature, payload }: RawCommit): object {
  if (signature === undefined) return { verified: false, reason: "unsigned", signature: null, payload: null };
  return { verified: true, reason: "valid", signature, payload };
}

function runGit(folder: string, args: readonly string[], input: string, interruption: AbortSignal): Promise<Buffer> {
  return new Promise((done, failed) => {
    const child = spawn("git", ["-C", folder, ...args], { stdio: ["pipe", "pipe", "pipe"], signal: interruption });
    const output: Buffer[] = [];
    let errors = "";
    child.stdout.on("data", (piece: Buffer) => output.push(piece));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === "ENOENT";
      failed(isMissing ? new CommandError("git is not installed, or not in the PATH.") : error);
    });
    child.on("close", (code) => {
      if (code === 0) done(Buffer.concat(output));
      else failed(new CommandError(`${folder}: git ${args[0]} failed: ${errors.trim() || `exit code ${code}`}`));
    });
    // git may end before it has read its input; its exit code tells why
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
