/** Many clients of a program that blocks for 100 ms with each message: what several processes make of it. */
import { connect } from "hawser";
import { startSupervised } from "./started.ts";

export interface BlockingPlan {
  readonly workers: number;
  readonly clients: number;
  /** Of each client, one after the other. */
  readonly messages: number;
}

export interface BlockingResult extends BlockingPlan {
  /** Milliseconds if every worker were blocked all the time, and none longer than another. */
  readonly ideal: number;
  readonly duration: number;
  /** Connections of the worker with the most, to the mean. */
  readonly imbalance: number;
}

const BLOCK = 100;

/** Fifty messages that arrive together block a worker for five seconds: that is no stall. */
const STALL = 60_000;

export async function measureBlocking(plan: BlockingPlan): Promise<BlockingResult> {
  const { workers, clients, messages } = plan;
  const options = ["--workers", String(workers), "--stall", String(STALL)];
  await using run = await startSupervised(options, "entry-blocking");
  const url = `ws://127.0.0.1:${run.port}`;
  const start = performance.now();
  const pids = await Promise.all(Array.from({ length: clients }, () => exchange(url, messages)));
  const duration = Math.round(performance.now() - start);
  const counts = new Map<string, number>();
  for (const pid of pids) counts.set(pid, (counts.get(pid) ?? 0) + 1);
  const imbalance = Math.max(...counts.values()) / (clients / workers);
  return { ...plan, ideal: (clients * messages * BLOCK) / workers, duration, imbalance };
}

/** Resolves to the process that it talked to. */
async function exchange(url: string, messages: number): Promise<string> {
  // As blocked as the workers are, pongs take their time
  const ws = await connect(url, { openTimeout: STALL, pingInterval: null });
  const pid = String(await ws.recv());
  for (let message = 0; message < messages; message++) {
    await ws.send(String(message));
    if ((await ws.recv()) !== String(message)) throw new Error("Another message came back");
  }
  await ws.close();
  return pid;
}
