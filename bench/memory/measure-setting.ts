/**
 * Memory of a server's connections under one compression setting: growth of resident memory over an empty but warm server,
 * for each connection, read after forced collections.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { EchoPlan } from "../generator/plan.ts";
import { onServerStage, type Stage } from "../measuring/stage.ts";
import type { Peer } from "../peers/catalogue.ts";
import type { WindowFigures } from "../peers/figures.ts";
import type { Pinning } from "../processes/pinning.ts";
import type { WindowSetting } from "../workloads/compression.ts";
import { MESSAGES, messageSize } from "./guide.ts";

const KIB = 1024;

/**
 * V8's young generation grows under load by some 30 MiB and shrinks when it likes, whatever connections there are: by 3 KiB
 * for each of 10,000, more than what is to be measured.
 */
const NODE_FLAGS = ["--max-semi-space-size=1"];

/** Few connections, many messages: compiles the code, yet leaves little behind that others could reuse. */
const WARM_UP = { connections: 20, messages: 250 };

/** Between two questions how many windows are compressed (ms). */
const COLD_INTERVAL = 500;

/** How long nothing may change until no further window is expected to be compressed, beyond `coldAfter` (ms). */
const COLD_PATIENCE = 5_000;

/** What is measured: a server with this setting and so many connections. */
export interface Subject {
  readonly peer: Peer;
  readonly setting: WindowSetting | undefined;
  readonly connections: number;
  readonly pinning: Pinning;
}

/** KiB for each connection. */
export interface Held {
  /** Just open. */
  readonly open: number;
  /** After the messages, with both windows full. */
  readonly full: number;
}

export interface HeldCold {
  /** KiB for each connection, once unused windows are compressed. */
  readonly cold: number;
  /** How many windows of each connection were compressed: 2 if all. */
  readonly coldWindows: number;
  /** KiB of it that are windows, by the library's own account. */
  readonly windows: number;
}

/** @param coldAfter `null` for a server that would compress unused windows, and is to leave them. */
export function measureHeld(subject: Subject, coldAfter?: null): Promise<Held> {
  return onSubject(subject, coldAfter, async (stage, growth) => {
    const open = await growth();
    await stage.load.exchange(MESSAGES);
    return { open, full: await growth() };
  });
}

/** The same after every window was unused for `coldAfter` ms and is compressed. */
export function measureCold(subject: Subject, coldAfter: number): Promise<HeldCold> {
  return onSubject(subject, coldAfter, async (stage, growth) => {
    await stage.load.exchange(MESSAGES);
    const { coldWindows, heldBytes } = await untilCold(stage, subject.connections * 2, coldAfter);
    const { connections } = subject;
    return {
      cold: await growth(),
      coldWindows: coldWindows / connections,
      windows: heldBytes / connections / KIB,
    };
  });
}

function onSubject<Result>(
  { peer, setting, connections, pinning }: Subject,
  coldAfter: number | null | undefined,
  act: (stage: Stage, growth: () => Promise<number>) => Promise<Result>,
): Promise<Result> {
  const cold = coldAfter === undefined ? {} : { coldAfter };
  const settings = {
    application: "answer",
    compression: setting ?? false,
    pinning,
    nodeFlags: NODE_FLAGS,
    ...cold,
  } as const;
  return onServerStage(peer, settings, async (stage) => {
    const plan = planFor(setting, stage.port, connections);
    await warmUp(stage, plan);
    const base = await stage.subject.memory();
    await stage.load.open(plan);
    const growth = async () => ((await stage.subject.memory()).rss - base.rss) / connections / KIB;
    return act(stage, growth);
  });
}

function planFor(setting: WindowSetting | undefined, port: number, connections: number): EchoPlan {
  const size = messageSize(setting);
  const compression = setting ?? false;
  const messages = { payload: "json", size, compression, replies: "answer", answersPings: true } as const;
  return { kind: "echo", port, connections, window: 1, ...messages };
}

async function warmUp({ load }: Stage, plan: EchoPlan): Promise<void> {
  await load.open({ ...plan, connections: WARM_UP.connections });
  await load.exchange(WARM_UP.messages);
  await load.close();
}

/** Resolves when all windows are compressed or no more follow. Rejects if none was. */
async function untilCold({ subject }: Stage, all: number, coldAfter: number): Promise<WindowFigures> {
  let most = 0;
  let changedAt = performance.now();
  for (;;) {
    const now = await subject.windows();
    if (now.coldWindows > most) changedAt = performance.now();
    most = Math.max(most, now.coldWindows);
    const isOver = performance.now() - changedAt > coldAfter + COLD_PATIENCE;
    if (most === 0 && isOver) throw new Error("no window was compressed, though none is used");
    if (now.coldWindows >= all || isOver) return now;
    await sleep(COLD_INTERVAL);
  }
}
