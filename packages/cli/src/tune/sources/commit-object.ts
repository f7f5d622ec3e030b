/**
 * Reads what git writes: raw commit objects as `git cat-file --batch` prints them, and line counts of `git log --numstat`.
 *
 * Pure: text in, values out.
 */

export interface Identity {
  readonly name: string;
  readonly email: string;
  /** ISO 8601 in UTC, whole seconds. */
  readonly date: string;
}

export interface RawCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identity;
  readonly committer: Identity;
  readonly message: string;
  readonly signature: string | undefined;
  /** What was signed: the object without its signature. */
  readonly payload: string;
}

export interface FileChange {
  readonly filename: string;
  readonly additions: number;
  readonly deletions: number;
}

/** The objects in the output of `git cat-file --batch`; sizes there count bytes. */
export function parseBatch(output: Buffer): RawCommit[] {
  const commits: RawCommit[] = [];
  let place = 0;
  while (place < output.length) {
    const lineEnd = output.indexOf(0x0a, place);
    const [sha = "", type, size] = output.toString("utf8", place, lineEnd).split(" ");
    const end = lineEnd + 1 + Number(size);
    if (type === "commit") commits.push(parseCommit(sha, output.toString("utf8", lineEnd + 1, end)));
    place = end + 1;
  }
  return commits;
}

/** One object: header lines, continued by lines that begin with a space, then an empty line and the message. */
export function parseCommit(sha: string, object: string): RawCommit {
  const headEnd = object.indexOf("\n\n");
  const head = headEnd === -1 ? object : object.slice(0, headEnd);
  const fields = head.replaceAll("\n ", "\0").split("\n").map(fieldOf);
  const valuesOf = (name: string) => fields.filter((field) => field.name === name).map(({ value }) => value);
  const signed = fields.find(({ name }) => name === "gpgsig");
  return {
    sha,
    tree: valuesOf("tree")[0] ?? "",
    parents: valuesOf("parent"),
    author: identityOf(valuesOf("author")[0] ?? ""),
    committer: identityOf(valuesOf("committer")[0] ?? ""),
    message: headEnd === -1 ? "" : object.slice(headEnd + 2).trimEnd(),
    signature: signed?.value,
    payload: object.replace(/^gpgsig .*\n(?: .*\n)*/m, ""),
  };
}

function fieldOf(line: string): { name: string; value: string } {
  const space = line.indexOf(" ");
  return { name: line.slice(0, space), value: line.slice(space + 1).replaceAll("\0", "\n") };
}

function identityOf(text: string): Identity {
  const [, name = "", email = "", seconds = "0"] = /^(.*?) ?<(.*)> (-?\d+)/.exec(text) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1_000).toISOString().replace(".000Z", "Z") };
}

/** Changes by commit, from `git log --numstat --format=%x01%H`. Binary files count no lines. */
export function parseNumstat(output: string): Map<string, FileChange[]> {
  const changes = new Map<string, FileChange[]>();
  for (const part of output.split("\x01").slice(1)) {
    const [sha = "", ...lines] = part.split("\n");
    const files = lines.map((line) => line.split("\t")).filter(({ length }) => length === 3);
    changes.set(sha, files.map(changeOf));
  }
  return changes;
}

function changeOf([additions, deletions, filename = ""]: string[]): FileChange {
  return { filename, additions: Number(additions) || 0, deletions: Number(deletions) || 0 };
}
