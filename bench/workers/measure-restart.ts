/** A rolling restart under live connections and a stream of new ones: who is refused, who sees what, and how evenly. */
import { setTimeout as delay } from "node:timers/promises";
import { type ClientConnection, connect } from "hawser";
import { startSupervised } from "./started.ts";

export interface RestartPlan {
  readonly workers: number;
  readonly connections: number;
  /** Milliseconds. */
  readonly window: number;
}

export interface RestartResult extends RestartPlan {
  /** Connections that were open at the signal, by the code that they were closed with. */
  readonly codes: Readonly<Record<string, number>>;
  /** Those that came back were closed again so often. */
  readonly closedAgain: number;
  /** New connections that were opened meanwhile, and used. */
  readonly served: number;
  /** What went wrong with others: refused, reset, closed before the answer. */
  readonly refused: readonly string[];
  /** Milliseconds from the signal to the last of those closes. */
  readonly duration: number;
  /** Closes in each tenth of the time between the first and the last. */
  readonly perTenth: readonly number[];
  /** Closes in each second after the signal. */
  readonly perSecond: readonly number[];
}

/** Milliseconds between two new connections. */
const STREAM = 10;

/** Milliseconds, at most, until a client that was closed comes back. */
const RETURN = 1_000;

const AT_A_TIME = 50;

export async function measureRestart(plan: RestartPlan): Promise<RestartResult> {
  const options = ["--workers", String(plan.workers), "--drain-window", String(plan.window)];
  await using run = await startSupervised(options, "entry-echo");
  const url = `ws://127.0.0.1:${run.port}`;
  const clients = new Clients(url);
  await clients.open(plan.connections);
  const stream = new Stream(url);
  const signalled = performance.now();
  clients.begin();
  run.kill("SIGHUP");
  await run.said("all workers were restarted");
  await stream.end();
  const times = clients.closedAt.map((at) => at - signalled).sort((left, right) => left - right);
  clients.end();
  return {
    ...plan,
    codes: clients.codes,
    closedAgain: clients.closedAgain,
    served: stream.served + clients.returned,
    refused: [...stream.refused, ...clients.refused],
    duration: Math.round(times.at(-1) ?? 0),
    perTenth: histogram(times, times[0] ?? 0, ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 10, 10),
    perSecond: histogram(times, 0, 1_000, Math.ceil((times.at(-1) ?? 0) / 1_000)),
  };
}

function histogram(times: readonly number[], from: number, width: number, count: number): number[] {
  const bins = Array.from({ length: count }, () => 0);
  for (const time of times) bins[Math.min(count - 1, Math.floor((time - from) / width))]!++;
  return bins;
}

/** Those that are connected for long, and come back. */
class Clients {
  readonly codes: Record<string, number> = {};
  readonly closedAt: number[] = [];
  readonly refused: string[] = [];
  closedAgain = 0;
  returned = 0;
  readonly #url: string;
  readonly #open: Set<ClientConnection> = new Set();
  #isEnded = false;

  constructor(url: string) {
    this.#url = url;
  }

  async open(count: number): Promise<void> {
    while (this.#open.size < count) {
      const some = Math.min(AT_A_TIME, count - this.#open.size);
      for (const ws of await Promise.all(Array.from({ length: some }, () => connect(this.#url)))) this.#open.add(ws);
    }
  }

  begin(): void {
    for (const ws of this.#open) void this.#first(ws);
  }

  end(): void {
    this.#isEnded = true;
    for (const ws of this.#open) ws.terminate();
  }

  async #first(ws: ClientConnection): Promise<void> {
    await ws.waitClosed();
    if (this.#isEnded) return;
    this.closedAt.push(performance.now());
    const code = String(ws.closeCode);
    this.codes[code] = (this.codes[code] ?? 0) + 1;
    this.#open.delete(ws);
    await this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    await delay(Math.random() * RETURN);
    if (this.#isEnded) return;
    try {
      const ws = await connect(this.#url);
      this.returned++;
      this.#open.add(ws);
      await ws.waitClosed();
      this.#open.delete(ws);
      if (this.#isEnded) return;
      this.closedAgain++;
      await this.#comeBack();
    } catch (error) {
      this.refused.push(String(error));
    }
  }
}

/** One new client after the other, each with a message. */
class Stream {
  served = 0;
  readonly refused: string[] = [];
  readonly #url: string;
  readonly #attempts: Promise<void>[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(url: string) {
    this.#url = url;
    this.#timer = setInterval(() => this.#attempts.push(this.#attempt()), STREAM);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#attempts);
  }

  async #attempt(): Promise<void> {
    try {
      const ws = await connect(this.#url);
      await ws.send("ahoy");
      await ws.recv();
      this.served++;
      await ws.close();
    } catch (error) {
      this.refused.push(String(error));
    }
  }
}
