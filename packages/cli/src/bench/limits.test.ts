import { expect, test } from "vitest";
import { CommandError } from "../command.ts";
import { addressed } from "./generator/opening.ts";
import { checkLimits, machineLimits } from "./limits.ts";
import { shareOf } from "./load.ts";

const LIMITS = { ports: 28_232, descriptors: 100_000 };

test.each([
  [28_232, 1],
  [56_464, 2],
])("%d clients to %d addresses fit", (clients, addresses) => {
  expect(() => checkLimits(clients, addresses, LIMITS)).not.toThrow();
});

test("more clients than ports are refused, with what to do", () => {
  expect(() => checkLimits(60_000, 1, LIMITS)).toThrow(CommandError);
  expect(() => checkLimits(60_000, 1, LIMITS)).toThrow(/28,232.*--addresses 3 connects to 127.0.0.1 to 127.0.0.3/s);
});

test("more clients than descriptors are refused", () => {
  expect(() => checkLimits(1_000, 1, { ...LIMITS, descriptors: 1_024 })).toThrow("raise ulimit -n");
});

test("this machine has limits, or does not tell", () => {
  const { ports, descriptors } = machineLimits();
  expect(ports).toBeGreaterThan(1_000);
  expect(descriptors).toBeGreaterThan(100);
});

test("addresses go around", () => {
  const urls = [0, 1, 2].map((number) => addressed("ws://127.0.0.1:80/x?y", number));
  expect(urls).toEqual(["ws://127.0.0.1:80/x?y", "ws://127.0.0.2/x?y", "ws://127.0.0.3/x?y"]);
});

test("clients are shared out over threads", () => {
  expect([0, 1, 2].map((thread) => shareOf(8, thread, 3))).toEqual([3, 3, 2]);
});
