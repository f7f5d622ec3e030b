import { randomUUID } from "node:crypto";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as util from "node:util";
import { describe, expect, test } from "vitest";
import { judgeHandles, type TrialHost, tryHandlesOnce } from "./handle-trial.ts";
import { tryHandles } from "./handle-trial-program.ts";
import { createDriver, type HandleDriver, openStreamBinding, TRIED_VERSIONS, takeConnections } from "./tcp-handles.ts";

const { platform, versions, execPath, env } = process;
const host: TrialHost = { platform, versions, execPath, env, isApplication: false, patience: 5_000 };
const major = Number.parseInt(versions.node, 10);

describe("on this version of Node", () => {
  test.each(["tcp", "pipe"] as const)("%s handles work, and are tried once", async (kind) => {
    expect(await tryHandlesOnce(kind)).toEqual({ driver: expect.anything() });
    expect(tryHandlesOnce(kind)).toBe(tryHandlesOnce(kind));
  });

  test("neither preloaded modules nor an inspector get into the trial", async () => {
    const hostile = { ...env, NODE_OPTIONS: "--require=/nowhere.cjs --inspect=1", NODE_UNIQUE_ID: "1" };
    expect((await judgeHandles("tcp", { ...host, env: hostile })).trouble).toBe(undefined);
  });
});

describe("no trial begins", () => {
  test.each<[string, Partial<TrialHost>, string | RegExp]>([
    ["on Windows", { platform: "win32" }, "it was never tried on Windows"],
    ["in Bun", { versions: { ...versions, bun: "1.4.5" } }, "bun is not Node"],
    ["in Electron", { versions: { ...versions, electron: "40.0.0" } }, "electron is not Node"],
    [
      "on a version in between",
      { versions: { node: "25.1.0" } },
      "Node 25.1.0 is none of the versions that it was tried on, 20, 22, 24, 26",
    ],
    ["on a version to come", { versions: { node: "28.0.0" } }, /^Node 28.0.0 is none/],
    ["in an application of one file", { isApplication: true }, /^no other process of Node can be started/],
    ["in a trial", { env: { HAWSER_HANDLE_TRIAL: "1" } }, /^no other process of Node can be started/],
  ])("%s", async (_name, difference, trouble) => {
    const verdict = await judgeHandles("tcp", { ...host, execPath: "/nowhere/node", ...difference });
    expect(verdict).toEqual({ trouble: expect.stringMatching(trouble) });
  });
});

describe("a trial that fails is no driver, whatever the child does", () => {
  test.each<[string, Partial<TrialHost>, RegExp]>([
    ["there is no such program", { execPath: "/nowhere/node" }, /^a trial failed: ENOENT$/],
    ["it is no Node", { execPath: "/bin/echo" }, /^a trial failed: .*"use strict";$/],
    ["it says nothing", { execPath: "/bin/true" }, /^a trial failed: it said nothing$/],
    ["it ends with an error", { execPath: "/bin/false" }, /^a trial failed: it said nothing$/],
    ["it is another version", { versions: { ...versions, node: `${major}.0.0` } }, /^a trial failed: works \d+/],
    ["it takes too long", { patience: 1 }, /^a trial failed: (?:it ended by SIGKILL|no end within 1 ms)$/],
  ])("%s", async (_name, difference, trouble) => {
    const verdict = await judgeHandles("tcp", { ...host, ...difference });
    expect(verdict).toEqual({ trouble: expect.stringMatching(trouble) });
  });

  test("Node ends it, as it ends who uses its internals wrongly", async () => {
    // Before Node 26 a write wants a request, and there is none in the contract of 26
    const abusing = major < 26 ? { ...versions, node: "26.0.0" } : versions;
    const { trouble } = await judgeHandles("tcp", { ...host, versions: abusing });
    if (major < 26) expect(trouble).toMatch(/^a trial failed: it ended by SIG(?:ABRT|SEGV|TRAP|ILL)$/);
    else expect(trouble).toBe(undefined);
  });
});

describe("the program", () => {
  const driver = createDriver(openStreamBinding(), TRIED_VERSIONS[major]!);
  const parts = (kind: "tcp" | "pipe", broken: Partial<HandleDriver> = {}) => ({
    net,
    util,
    takeConnections,
    kind,
    path: join(tmpdir(), `hawser-test-${randomUUID().slice(0, 8)}.sock`),
    driver: { ...driver, ...broken },
  });

  test.each(["tcp", "pipe"] as const)("%s: finds what works", async (kind) => {
    await expect(tryHandles(parts(kind))).resolves.toBe(undefined);
  });

  test.each<[string, Partial<HandleDriver>, string]>([
    ["a write that fails", { write: () => -32 }, "not as expected: a write"],
    ["a write that never waits", { write: () => 0 }, "not as expected: a write that never waits"],
    ["a shutdown that fails", { shutdown: () => -32 }, "not as expected: shutdown"],
  ])("finds %s", async (_name, broken, message) => {
    const { write = driver.write, ...others } = broken;
    // Small writes stay as they are
    const writeLarge: HandleDriver["write"] = (handle, chunks, owner) =>
      (chunks instanceof Uint8Array && chunks.length > 1_000 ? write : driver.write)(handle, chunks, owner);
    await expect(tryHandles(parts("tcp", { ...others, write: writeLarge }))).rejects.toThrow(message);
  });

  test("finds a listening handle of another kind", async () => {
    await expect(tryHandles({ ...parts("tcp"), takeConnections: () => false })).rejects.toThrow("a listening handle");
  });
});
