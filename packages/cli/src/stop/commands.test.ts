import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { FakeSupervision, workerStatus } from "../../test/support/fake-supervision.ts";
import { temporaryFolder } from "../../test/support/folder.ts";
import { MemoryTerminal } from "../../test/support/memory-terminal.ts";
import { type AdminEndpoint, startAdmin } from "../admin/admin-endpoint.ts";
import { type Command, CommandError, Interrupted, UsageError } from "../command.ts";
import type { ConfigurationSurroundings } from "../config/run-configuration.ts";
import { restartCommand, scaleCommand, stopCommand } from "./commands.ts";
import { restartStage, stopStage } from "./stages.ts";

let supervision: FakeSupervision;
let endpoint: AdminEndpoint;
let admin: string;

async function open(token?: string): Promise<void> {
  const address = { host: "127.0.0.1", port: 0 };
  endpoint = await startAdmin(supervision, { address, token, name: undefined, kill: supervision.kill });
  onTestFinished(() => endpoint.close());
  admin = `127.0.0.1:${endpoint.address.port}`;
}

beforeEach(async () => {
  supervision = new FakeSupervision();
  await open();
});

type Make = (surroundingsOf: () => ConfigurationSurroundings) => Command;

function begin(make: Make, words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const terminal = new MemoryTerminal();
  const command = make(() => ({ environment: { HAWSER_ADMIN: admin, ...environment }, folder: temporaryFolder() }));
  return { terminal, code: command.run(words, terminal) };
}

describe("hawser stop", () => {
  test("waits until nobody answers any more, and tells each stage", async () => {
    supervision.update({ drain: { of: 300, left: 120, until: Date.now() + 5_000 } });
    const { terminal, code } = begin(stopCommand, []);
    await vi.waitFor(() => expect(terminal.errors).toContain("stopping: 120 of 300 connections left\n"));
    supervision.update({ drain: { of: 300, left: 0, until: 0 }, workers: [workerStatus(1, { state: "stopping" })] });
    await vi.waitFor(() => expect(terminal.errors).toContain("ending workers: 1 worker left\n"));
    await endpoint.close();
    expect(await code).toBe(0);
    expect([supervision.calls, terminal.output]).toEqual([["stop"], "Stopped\n"]);
  });

  test("--now", async () => {
    supervision.onStop = () => void endpoint.close();
    const { terminal, code } = begin(stopCommand, ["--now"]);
    expect(await code).toBe(0);
    expect([supervision.calls, terminal.output]).toEqual([["kill"], "Stopped\n"]);
  });

  test("another supervisor at the same place is not waited for", async () => {
    supervision.onStop = () => supervision.update({ pid: 5_555 });
    const { terminal, code } = begin(stopCommand, []);
    expect(await code).toBe(0);
    expect(terminal.output).toBe("Stopped\n");
  });

  test("--timeout: what was begun goes on", async () => {
    await expect(begin(stopCommand, ["--timeout", "0"]).code).rejects.toThrow(
      new CommandError("it has not stopped within 0 ms, and goes on stopping; hawser stop --now ends it."),
    );
    expect(supervision.calls).toEqual(["stop"]);
  });

  test("Ctrl-C ends the waiting alone", async () => {
    const { terminal, code } = begin(stopCommand, []);
    await vi.waitFor(() => expect(supervision.calls).toEqual(["stop"]));
    terminal.interrupt();
    await expect(code).rejects.toThrow(Interrupted);
    expect(terminal.errors).toContain("It goes on stopping.\n");
  });

  test("a token", async () => {
    await open("right");
    await expect(begin(stopCommand, []).code).rejects.toThrow("wants the right token");
    supervision.onStop = () => void endpoint.close();
    expect(await begin(stopCommand, [], { HAWSER_ADMIN_TOKEN: "right" }).code).toBe(0);
  });

  test("nobody there", async () => {
    await endpoint.close();
    await expect(begin(stopCommand, []).code).rejects.toThrow(`nobody answers at ${admin}`);
  });
});

describe("hawser restart", () => {
  test("shows how many workers are replaced, and waits for the last", async () => {
    let finish = () => {};
    const restarted = new Promise<void>((resolve) => {
      finish = resolve;
    });
    supervision.onRestart = () => restarted;
    const { terminal, code } = begin(restartCommand, []);
    await vi.waitFor(() => expect(terminal.errors).toBe("restarting: 0 of 2 replaced\n"));
    finish();
    expect(await code).toBe(0);
    expect([supervision.calls, terminal.output]).toEqual([["restart"], "Restarted, 2 workers ready\n"]);
  });

  test("says why it failed", async () => {
    supervision.onRestart = () => Promise.reject(new Error("Cannot restart: worker 1 ended with 1"));
    await expect(begin(restartCommand, []).code).rejects.toThrow(
      new CommandError("Cannot restart: worker 1 ended with 1."),
    );
  });

  test("Ctrl-C ends the waiting alone", async () => {
    supervision.onRestart = () => new Promise(() => {});
    const { terminal, code } = begin(restartCommand, []);
    await vi.waitFor(() => expect(terminal.errors).not.toBe(""));
    terminal.interrupt();
    await expect(code).rejects.toThrow(Interrupted);
    expect(terminal.errors).toContain("It goes on restarting.\n");
  });

  test("a supervisor that goes away meanwhile is no success", async () => {
    supervision.onRestart = () => new Promise(() => {});
    const { terminal, code } = begin(restartCommand, []);
    const failed = expect(code).rejects.toThrow(`nobody answers at ${admin}`);
    await vi.waitFor(() => expect(terminal.errors).not.toBe(""));
    await endpoint.close();
    await failed;
  });
});

describe("hawser scale", () => {
  test("says what was and what is", async () => {
    const { terminal, code } = begin(scaleCommand, ["6"]);
    expect(await code).toBe(0);
    expect([supervision.calls, terminal.output]).toEqual([["setTarget 6"], "6 workers, 2 before\n"]);
  });

  test("beyond the limit", async () => {
    supervision.limit = 4;
    await expect(begin(scaleCommand, ["6"]).code).rejects.toThrow(
      new CommandError("There will be 4 workers, not 6: --workers is the limit."),
    );
  });
});

test.each<[what: string, Make, words: string[], text: string]>([
  ["stop", stopCommand, ["all"], "there is nothing more to say, got all."],
  ["stop", stopCommand, ["--timeout", "soon"], "--timeout must be a time such as 30s, 5m or 500 (ms), got soon."],
  ["restart", restartCommand, ["1"], "there is nothing more to say, got 1."],
  ["scale", scaleCommand, [], "how many workers?"],
  ["scale", scaleCommand, ["2", "3"], "there is nothing more to say, got 3."],
  ["scale", scaleCommand, ["0"], "the number of workers must be a whole number from 1 to 1024, got 0."],
])("%s: wrong words are refused before anybody is asked", async (_what, make, words, text) => {
  await expect(begin(make, words).code).rejects.toThrow(new UsageError(text));
  expect(supervision.calls).toEqual([]);
});

test.each([
  ["stop", stopCommand],
  ["restart", restartCommand],
  ["scale", scaleCommand],
])("%s --help", async (name, make) => {
  const { terminal, code } = begin(make, ["--help"]);
  expect(await code).toBe(0);
  expect(terminal.output).toMatch(new RegExp(`^hawser ${name}: .*\n\nUsage\n  hawser ${name}`));
});

describe("stages", () => {
  const base = { pid: 1, version: "1", entry: "", startedAt: 0, state: "running", target: 2, lastExits: [] };

  test("stopping: connections, then workers", () => {
    const workers = [workerStatus(1), workerStatus(2, { state: "dead" })];
    expect(stopStage({ ...base, workers, drain: { of: 4_000, left: 1_000, until: 0 } })).toEqual({
      what: "stopping",
      detail: "1,000 of 4,000 connections left",
      done: 3_000,
      total: 4_000,
    });
    expect(stopStage({ ...base, workers })).toMatchObject({ what: "ending workers", detail: "1 worker left" });
  });

  test("restarting: workers that are ready and new", () => {
    const workers = [workerStatus(1, { generation: 3 }), workerStatus(2, { generation: 3, state: "starting" })];
    const status = { ...base, workers: [...workers, workerStatus(2, { generation: 2 })] };
    expect(restartStage(status, 2)).toMatchObject({ detail: "1 of 2 replaced", done: 1, total: 2 });
    expect(restartStage({ ...status, drain: { of: 50, left: 20, until: 0 } }, 2).detail).toBe(
      "1 of 2 replaced, 20 connections left",
    );
  });
});
