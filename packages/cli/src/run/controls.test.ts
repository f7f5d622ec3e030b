import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { FakeSupervision } from "../../test/support/fake-supervision.ts";
import { temporaryFolder } from "../../test/support/folder.ts";
import { readRunConfiguration } from "../config/run-configuration.ts";
import { startControls } from "./controls.ts";

afterEach(() => {
  vi.useRealTimers();
});

async function start(...words: readonly string[]) {
  const supervision = new FakeSupervision();
  const lines: string[] = [];
  const journal = { info: (text: string) => lines.push(text), error: (text: string) => lines.push(`error: ${text}`) };
  const configuration = readRunConfiguration(["a.js", ...words], { environment: {}, folder: temporaryFolder() });
  if (configuration === "help") throw new Error("Help was not asked for");
  const { kill } = supervision;
  const controls = await startControls(supervision, configuration.settings, { kill, processors: 4, journal });
  onTestFinished(() => controls.close());
  return { supervision, lines, controls };
}

describe("the admin endpoint", () => {
  test("is there until it is closed", async () => {
    const { lines, controls } = await start("--admin", "127.0.0.1:0", "--name", "chat");
    const [, address] = /^the admin endpoint is at (127\.0\.0\.1:\d+)$/.exec(lines[0] ?? "") ?? [];
    expect(await (await fetch(`http://${address}/status`)).json()).toMatchObject({ name: "chat", pid: 4_242 });
    await controls.close();
    await expect(fetch(`http://${address}/status`)).rejects.toThrow();
  });

  test("is off if it is told so", async () => {
    expect((await start("--admin", "off")).lines).toEqual([]);
  });
});

describe("the autoscaler", () => {
  test("follows the rule, within the bounds, and says so", async () => {
    vi.useFakeTimers();
    const { supervision, lines, controls } = await start(
      "--admin",
      "off",
      "-w",
      "2..auto",
      "--scale",
      "connections=10",
    );
    vi.advanceTimersByTime(30_000);
    expect(supervision.calls).toEqual(["setTarget 4"]);
    expect(lines).toEqual(["scaled from 2 to 4 workers, at 300 connections and 25 % CPU for each"]);
    await controls.close();
    supervision.update({ target: 1 });
    vi.advanceTimersByTime(30_000);
    expect(supervision.calls).toHaveLength(1);
  });

  test("is not there without a rule", async () => {
    vi.useFakeTimers();
    const { supervision } = await start("--admin", "off", "-w", "2..4");
    vi.advanceTimersByTime(600_000);
    expect(supervision.calls).toEqual([]);
  });
});
