/**
 * The soak's clients, a process of their own: over IPC it is told to abuse a server, and asked how far it has come.
 *
 * Keeps a number of connections going at the same time, each of which lives as a behaviour has it and is followed by another.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { answerRequests } from "../processes/requests.ts";
import { BEHAVIOURS } from "./behaviours.ts";
import { Gone, Peer } from "./peer.ts";
import { SeededRandom } from "./random.ts";

export interface AbusePlan {
  readonly port: number;
  /** At the same time. */
  readonly connections: number;
  readonly seconds: number;
  readonly seed: number;
}

export interface AbuseProgress {
  readonly isDone: boolean;
  /** Lives that ended, by behaviour. */
  readonly lives: Readonly<Record<string, number>>;
  /** What the server did that it must not, the first ones. */
  readonly complaints: readonly string[];
  /** Connections that did not come about. */
  readonly refused: number;
}

/** Complaints that are kept. */
const KEPT_COMPLAINTS = 10;

/** The first connections come one after the other (ms for each): the listen queue is not what is tested. */
const RAMP = 1;

const progress = { isDone: true, lives: {} as Record<string, number>, complaints: [] as string[], refused: 0 };

async function abuse({ port, connections, seconds, seed }: AbusePlan): Promise<void> {
  Object.assign(progress, { isDone: false, lives: {}, complaints: [], refused: 0 });
  const end = Date.now() + seconds * 1_000;
  const slots = Array.from({ length: connections }, (_, index) => keepLiving(index, port, end, seed));
  await Promise.all(slots);
  progress.isDone = true;
}

async function keepLiving(index: number, port: number, end: number, seed: number): Promise<void> {
  const random = new SeededRandom(seed * 1_000_003 + index);
  await sleep(index * RAMP);
  while (Date.now() < end) await live(port, `127.0.0.${2 + (index % 32)}`, random);
}

async function live(port: number, localAddress: string, random: SeededRandom): Promise<void> {
  const name = random.pick(Object.keys(BEHAVIOURS));
  const peer = await Peer.connect(port, localAddress).catch(() => undefined);
  if (peer === undefined) {
    progress.refused++;
    return sleep(100);
  }
  try {
    await BEHAVIOURS[name]!(peer, random);
  } catch (error) {
    if (!(error instanceof Gone)) complain(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    peer.socket.destroy();
  }
  progress.lives[name] = (progress.lives[name] ?? 0) + 1;
}

function complain(complaint: string): void {
  if (progress.complaints.length < KEPT_COMPLAINTS) progress.complaints.push(complaint);
}

answerRequests({
  abuse: (plan: AbusePlan) => void abuse(plan),
  progress: (): AbuseProgress => progress,
});
