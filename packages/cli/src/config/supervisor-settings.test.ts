import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/folder.ts";
import { readRunConfiguration } from "./run-configuration.ts";
import { supervisorSettings } from "./supervisor-settings.ts";

function settingsOf(...words: readonly string[]) {
  const configuration = readRunConfiguration(["a.js", ...words], { environment: {}, folder: temporaryFolder() });
  if (configuration === "help") throw new Error("Help was not asked for");
  return supervisorSettings(configuration.settings, 4);
}

test("defaults: what is off is a limit that is never reached", () => {
  expect(settingsOf()).toEqual({
    workers: { least: 4, most: 4, isFixed: true },
    balance: { type: "round-robin" },
    memoryLimit: Number.POSITIVE_INFINITY,
    stall: 5_000,
    readyTimeout: 30_000,
    notReady: 0,
    drainWindow: 30_000,
    stopCode: 1001,
    restartCode: 1012,
    grace: undefined,
    maxConnectionAge: Number.POSITIVE_INFINITY,
    crashLimit: 5,
    minUptime: 10_000,
    backoff: { least: 500, most: 30_000 },
    log: "text",
  });
});

test("what is on", () => {
  const words = ["-w", "2..auto", "--memory-limit", "1G", "--max-connection-age", "1h", "--crash-limit", "0"];
  expect(settingsOf(...words, "--grace", "1m")).toMatchObject({
    workers: { least: 2, most: 4, isFixed: false },
    memoryLimit: 2 ** 30,
    maxConnectionAge: 3_600_000,
    crashLimit: Number.POSITIVE_INFINITY,
    grace: 60_000,
  });
});
