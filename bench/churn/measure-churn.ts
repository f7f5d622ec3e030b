/** What connections leave behind when they are gone: a server's memory after many came and went, and what it needs at least. */
import { setTimeout as sleep } from "node:timers/promises";
import type { EchoPlan } from "../generator/plan.ts";
import { onServerStage, type Stage } from "../measuring/stage.ts";
import type { Peer } from "../peers/catalogue.ts";
import type { Pinning } from "../processes/pinning.ts";
import type { Compression } from "../workloads/compression.ts";
import type { ChurnOptions } from "./options.ts";

/** How the server runs. V8's young generation grows under load and stays, which has nothing to do with connections. */
export interface Variant {
  readonly title: string;
  readonly compression: Compression;
  readonly nodeFlags: readonly string[];
}

/** The default settings of this library, for everybody. */
const SETTING = { windowBits: 12, memLevel: 5 } as const;

export const VARIANTS: readonly Variant[] = [
  { title: "compression", compression: SETTING, nodeFlags: [] },
  { title: "compression, small young generation", compression: SETTING, nodeFlags: ["--max-semi-space-size=1"] },
  { title: "no compression", compression: false, nodeFlags: [] },
];

/** Enough to fill both windows. */
const MESSAGES = 20;
const MESSAGE_SIZE = 256;

const WARM_UP = { connections: 20, messages: 250 };

/** How long the server gets to notice that connections are gone (ms). */
const SETTLE = 1_000;

/** Resident memory of the whole process (bytes), after forced collections. */
export interface Churned {
  readonly peer: string;
  /** The title of the variant. */
  readonly variant: string;
  /** With the connections that stay, when there never were others. */
  readonly needed: number;
  /** With all connections of the first round. */
  readonly firstRound: number;
  /** The most that the process ever had, by the system's account. */
  readonly highest: number;
  /** With the connections that stayed, after all others had gone. */
  readonly left: number;
}

type Extent = Pick<ChurnOptions, "connections" | "rounds" | "staying">;

interface Subject {
  readonly peer: Peer;
  readonly variant: Variant;
  readonly pinning: Pinning;
}

export async function measureChurnOf(subject: Subject, extent: Extent): Promise<Churned> {
  const needed = await onWarmServer(subject, async (stage, plan) => {
    await stage.load.open({ ...plan, connections: extent.staying });
    await stage.load.exchange(MESSAGES);
    return settledMemory(stage);
  });
  const churned = await onWarmServer(subject, (stage, plan) => comeAndGo(stage, plan, extent));
  return { peer: subject.peer.label, variant: subject.variant.title, needed, ...churned };
}

async function comeAndGo(
  stage: Stage,
  plan: EchoPlan,
  { connections, rounds, staying }: Extent,
): Promise<Omit<Churned, "peer" | "variant" | "needed">> {
  const { load, subject } = stage;
  await load.open({ ...plan, connections: 0 });
  let firstRound = 0;
  for (let round = 0; round < rounds; round++) {
    await load.more(shareOf(connections, rounds, round));
    await load.exchange(MESSAGES);
    if (round === 0) firstRound = await settledMemory(stage);
    await load.thin(shareOf(staying, rounds, round));
  }
  const left = await settledMemory(stage);
  // Whoever stayed is still served, from its old context
  await load.exchange(MESSAGES);
  return { firstRound, left, highest: await subject.highestMemory() };
}

/** Splits a number over the rounds: whole parts that differ by one at most. */
function shareOf(total: number, rounds: number, round: number): number {
  return Math.floor((total * (round + 1)) / rounds) - Math.floor((total * round) / rounds);
}

async function settledMemory({ subject }: Stage): Promise<number> {
  await sleep(SETTLE);
  const { rss } = await subject.memory();
  return rss;
}

function onWarmServer<Result>(
  { peer, variant, pinning }: Subject,
  act: (stage: Stage, plan: EchoPlan) => Promise<Result>,
): Promise<Result> {
  const { compression, nodeFlags } = variant;
  const settings = { application: "answer", compression, nodeFlags, pinning } as const;
  return onServerStage(peer, settings, async (stage) => {
    const plan: EchoPlan = {
      kind: "echo",
      port: stage.port,
      connections: WARM_UP.connections,
      window: 1,
      payload: "json",
      size: MESSAGE_SIZE,
      compression,
      replies: "answer",
      answersPings: true,
    };
    await stage.load.open(plan);
    await stage.load.exchange(WARM_UP.messages);
    await stage.load.close();
    return act(stage, plan);
  });
}
