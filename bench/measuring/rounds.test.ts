import { describe, expect, test } from "vitest";
import type { Peer } from "../peers/catalogue.ts";
import { selectWorkloads } from "../workloads/catalogue.ts";
import type { ThroughputWorkload } from "../workloads/workload.ts";
import { type Sample, throughputFigure } from "./measure-throughput.ts";
import { orderRuns, type RoundsPlan, runRounds } from "./rounds.ts";

const peer = (label: string, changes: Partial<Peer> = {}): Peer => ({
  label,
  version: "1.0.0",
  programs: { server: "server.js" },
  executable: undefined,
  module: undefined,
  groups: undefined,
  notes: [],
  ...changes,
});

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

test("a peer runs the workloads that it takes part in", () => {
  const plan: RoundsPlan = {
    workloads: selectWorkloads(["pp16", "pl16", "cpp125"]),
    peers: [
      peer("both", { programs: { server: "server.js", client: "client.js" } }),
      peer("server", { groups: ["pl"] }),
      peer("client", { programs: { client: "client.js" } }),
    ],
    rounds: 1,
    idleRounds: 1,
  };
  expect(orderRuns(plan).map(({ workload, peer }) => `${workload.id} ${peer.label}`)).toEqual([
    "pp16 both",
    "pl16 both",
    "pl16 server",
    "cpp125 both",
    "cpp125 client",
  ]);
});

describe("a figure is what was done for each second of CPU time", () => {
  const [echo, ingest] = selectWorkloads(["pp16", "in125"]) as ThroughputWorkload[];
  const before: Sample = {
    at: 0,
    subject: { cpu: 1e6, messages: 5, bytes: 50 },
    generator: { messages: 10, bytes: 100, cpu: 0 },
  };
  const after: Sample = {
    at: 2e6,
    subject: { cpu: 2e6, messages: 405, bytes: 2050 },
    generator: { messages: 1010, bytes: 13_100, cpu: 1e6 },
  };

  test("echoes are counted by the generator", () => {
    expect(throughputFigure(echo!, before, after)).toEqual({
      row: "pp16",
      value: 1000,
      circumstances: { perSecond: 500, subjectBusy: 0.5, generatorBusy: 0.5, bytesEach: 13 },
    });
  });

  test("what goes one way is counted where it arrives", () => {
    expect(throughputFigure(ingest!, before, after)).toMatchObject({ value: 400, circumstances: { bytesEach: 5 } });
  });

  test("nothing done is an error", () => {
    expect(() => throughputFigure(echo!, before, { ...after, generator: before.generator })).toThrow(
      "nothing was done",
    );
  });
});
