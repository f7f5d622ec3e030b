import { appendFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/folder.ts";
import { git, makeRepository } from "../../../test/support/repository.ts";
import { CommandError } from "../../command.ts";
import { parseCommit, parseNumstat } from "./commit-object.ts";
import { commitDocument, gitLog } from "./git-log.ts";

const signal = new AbortController().signal;

const SIGNED = `tree 1111
parent 2222
parent 3333
author A U Thor <a@example.org> 1772442000 +0100
committer C <> 1772442060 -0330
gpgsig -----BEGIN PGP SIGNATURE-----
 
 abcd
 -----END PGP SIGNATURE-----

Subject

Body with a line
`;

describe("a repository's history", () => {
  test("is one document for each commit, newest first, in the shape of a code host's API", async () => {
    const folder = temporaryFolder();
    makeRepository(folder, 3);
    const { messages, hasMore, source } = await gitLog(folder, 100, signal);
    const documents = messages.map((message) => JSON.parse(Buffer.from(message).toString("utf8")));
    const [head, parent] = git(folder, "rev-list", "HEAD").split("\n") as [string, string, string];
    const repository = `https://api.example.com/repos/${basename(folder)}/${basename(folder)}`;
    expect(documents.map(({ message }) => message.split("\n")[0])).toEqual(["Note 3", "Note 2", "Note 1"]);
    expect(documents[0]).toMatchObject({
      sha: head,
      url: `${repository}/git/commits/${head}`,
      author: { name: "Jürgen Author", email: "author@example.org", date: "2026-03-02T09:00:00Z" },
      committer: { name: "Carla Committer", email: "committer@example.org", date: "2026-03-02T09:30:00Z" },
      tree: { sha: git(folder, "rev-parse", "HEAD^{tree}") },
      message: "Note 3\n\nWhy it is written down.",
      parents: [{ sha: parent, url: `${repository}/git/commits/${parent}` }],
      verification: { verified: false, reason: "unsigned" },
      stats: { total: 1, additions: 1, deletions: 0 },
      files: [{ filename: "notes.txt", additions: 1, deletions: 0, changes: 1 }],
    });
    expect([documents[2].parents, hasMore, source]).toEqual([[], false, `git history of ${basename(folder)}`]);
  });

  test("no more than so many are taken", async () => {
    const folder = temporaryFolder();
    makeRepository(folder, 3);
    const { messages, hasMore } = await gitLog(folder, 2, signal);
    expect([messages.length, hasMore]).toEqual([2, true]);
  });

  test("names outside ASCII and files without lines are in it", async () => {
    const folder = temporaryFolder();
    makeRepository(folder, 1);
    writeFileSync(join(folder, "Übersicht.bin"), Uint8Array.of(0, 1, 2));
    appendFileSync(join(folder, "notes.txt"), "more\n");
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "--message", "More");
    const [newest] = (await gitLog(folder, 1, signal)).messages;
    const { files } = JSON.parse(Buffer.from(newest!).toString("utf8"));
    expect(files).toEqual([
      { filename: "notes.txt", additions: 1, deletions: 0, changes: 1 },
      { filename: "Übersicht.bin", additions: 0, deletions: 0, changes: 0 },
    ]);
  });

  test("a folder that is no repository is an error that quotes git", async () => {
    const reading = gitLog(join(temporaryFolder(), "none"), 10, signal);
    await expect(reading).rejects.toThrow(CommandError);
    await expect(reading).rejects.toThrow("git rev-list failed");
  });
});

describe("commit objects", () => {
  test("identities, several parents, a signature over several lines", () => {
    expect(parseCommit("4444", SIGNED)).toEqual({
      sha: "4444",
      tree: "1111",
      parents: ["2222", "3333"],
      author: { name: "A U Thor", email: "a@example.org", date: "2026-03-02T09:00:00Z" },
      committer: { name: "C", email: "", date: "2026-03-02T09:01:00Z" },
      message: "Subject\n\nBody with a line",
      signature: "-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----",
      payload: SIGNED.replace(/gpgsig[\s\S]*END PGP SIGNATURE-----\n/, ""),
    });
  });

  test("a signature is in the document, with what was signed", () => {
    const { verification } = commitDocument(parseCommit("4444", SIGNED), [], "x") as { verification: object };
    expect(verification).toMatchObject({ verified: true, signature: expect.stringContaining("abcd") });
  });

  test("an object without a message, or with nothing known, does no harm", () => {
    expect(parseCommit("5555", "tree 1111")).toMatchObject({ tree: "1111", message: "", parents: [] });
    expect(parseCommit("5555", "")).toMatchObject({ tree: "", author: { name: "", date: "1970-01-01T00:00:00Z" } });
  });

  test("line counts belong to their commit", () => {
    const changes = parseNumstat("\x01aa\n\n1\t2\tx\n-\t-\ty.png\n\x01bb\n");
    expect(changes.get("aa")).toEqual([
      { filename: "x", additions: 1, deletions: 2 },
      { filename: "y.png", additions: 0, deletions: 0 },
    ]);
    expect(changes.get("bb")).toEqual([]);
  });
});
