import { expect, test } from "vitest";
import type { Peer } from "../peers/catalogue.ts";
import { selectWorkloads } from "../workloads/catalogue.ts";
import { echoFigure } from "./measure-echo.ts";
import { orderRuns, type RoundsPlan, runRounds } from "./rounds.ts";

const peer = (label: string): Peer => ({ label, version: "1.0.0", script: "", notes: [] });

const PLAN: RoundsPlan = {
  workloads: selectWorkloads(["pp16", "idle-off"]),
  peers: [peer("a"), peer("b")],
  rounds: 3,
  idleRounds: 1,
};

test("peers run one right after the other, odd rounds in reverse, memory in the first rounds only", () => {
  const order = orderRuns(PLAN).map(({ round, workload, peer }) => `${round} ${workload.id} ${peer.label}`);
  expect(order).toEqual([
    "0 pp16 a",
    "0 pp16 b",
    "0 idle-off a",
    "0 idle-off b",
    "1 pp16 b",
    "1 pp16 a",
    "2 pp16 a",
    "2 pp16 b",
  ]);
});

test("a failed run is recorded and the others go on", async () => {
  const told: string[] = [];
  const measure = async (_workload: unknown, { label }: Peer) => {
    if (label === "a") throw new Error("wrong echo");
    return [];
  };
  const runs = await runRounds({ ...PLAN, rounds: 1 }, measure, (run) => told.push(`${run.peer} ${run.failure}`));
  expect(told).toEqual(["a wrong echo", "b undefined", "a wrong echo", "b undefined"]);
  expect(runs).toHaveLength(4);
});

test("an echo's figure is messages for each second of the server's CPU time", () => {
  const before = { at: 0, server: 1e6, generator: { messages: 10, bytes: 100, cpu: 0 } };
  const after = { at: 2e6, server: 2e6, generator: { messages: 1010, bytes: 13_100, cpu: 1e6 } };
  expect(echoFigure("pp", before, after)).toEqual({
    row: "pp",
    value: 1000,
    circumstances: { messagesPerSecond: 500, serverBusy: 0.5, generatorBusy: 0.5, bytesPerReply: 13 },
  });
  expect(() => echoFigure("pp", before, { ...after, generator: before.generator })).toThrow("no message came back");
});
