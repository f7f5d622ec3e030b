/** A ramp of connections up and down again under `--scale connections=N`: which workers come and go, and who is lost by it. */
import { setTimeout as delay } from "node:timers/promises";
import { type ClientConnection, connect } from "hawser";
import { freePort } from "./free-port.ts";
import { startSupervised } from "./started.ts";

export interface ScalingPlan {
  /** Connections at the top, and those that are left at the end. */
  readonly connections: number;
  readonly left: number;
  /** `--workers 1..most --scale connections=each`. */
  readonly most: number;
  readonly each: number;
}

export interface ScalingResult extends ScalingPlan {
  /** Each change of the number of workers that there shall be: seconds since the first client, and connections then. */
  readonly changes: readonly ScalingChange[];
  /** Connections that were closed by the server, by code. */
  readonly codes: Readonly<Record<string, number>>;
  /** What went wrong with others: refused, reset, lost. */
  readonly refused: readonly string[];
  /** Connections at the end. */
  readonly open: number;
  /** Seconds in all. */
  readonly duration: number;
}

export interface ScalingChange {
  readonly at: number;
  readonly workers: number;
  readonly connections: number;
}

/** Connections a second, up and down. */
const RATE = 100;

/** Milliseconds, at most, until a client that was asked to come back does. */
const RETURN = 1_000;

/** Milliseconds between two looks at the supervisor. */
const LOOK = 1_000;

/** Milliseconds for a change of the number of workers: removing looks at five minutes. */
const PATIENCE = 480_000;

export async function measureScaling(plan: ScalingPlan): Promise<ScalingResult> {
  const admin = `127.0.0.1:${await freePort()}`;
  const scale = ["--workers", `1..${plan.most}`, "--scale", `connections=${plan.each}`];
  const options = [...scale, "--balance", "least-connections", "--drain-window", "10s", "--admin", admin];
  await using run = await startSupervised(options, "entry-echo");
  const clients = new RampClients(`ws://127.0.0.1:${run.port}`);
  const watch = new Watch(admin, clients);
  await clients.grow(plan.connections);
  await watch.until(Math.min(plan.most, Math.ceil(plan.connections / plan.each)));
  await clients.shrink(plan.left);
  await watch.until(Math.max(1, Math.ceil(plan.left / plan.each)));
  await delay(2 * RETURN);
  watch.end();
  const { codes, refused, open } = clients;
  clients.end();
  return { ...plan, changes: watch.changes, codes, refused, open, duration: watch.seconds };
}

/** Those that stay connected, come back when they are asked to, and leave when there shall be fewer. */
class RampClients {
  readonly codes: Record<string, number> = {};
  readonly refused: string[] = [];
  readonly #url: string;
  readonly #connected: Set<ClientConnection> = new Set();
  readonly #leaving: WeakSet<ClientConnection> = new WeakSet();
  #isEnded = false;

  constructor(url: string) {
    this.#url = url;
  }

  get open(): number {
    return this.#connected.size;
  }

  async grow(count: number): Promise<void> {
    for (let opened = 0; opened < count; opened++) {
      void this.#stay();
      if (opened % (RATE / 10) === 0) await delay(100);
    }
  }

  /** Those who stay are of all times, and so of all workers. */
  async shrink(count: number): Promise<void> {
    const all = [...this.#connected];
    const staying = new Set(Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]));
    const leaving = all.filter((ws) => !staying.has(ws));
    for (const [index, ws] of leaving.entries()) {
      this.#leaving.add(ws);
      void ws.close();
      if (index % (RATE / 10) === 0) await delay(100);
    }
  }

  end(): void {
    this.#isEnded = true;
    for (const ws of this.#connected) ws.terminate();
  }

  async #stay(): Promise<void> {
    while (!this.#isEnded) {
      try {
        const ws = await connect(this.#url);
        this.#connected.add(ws);
        await ws.waitClosed();
        this.#connected.delete(ws);
        if (this.#isEnded || this.#leaving.has(ws)) return;
        const code = String(ws.closeCode);
        this.codes[code] = (this.codes[code] ?? 0) + 1;
      } catch (error) {
        this.refused.push(String(error));
      }
      await delay(Math.random() * RETURN);
    }
  }
}

/** The part of `/status` that is looked at. */
interface Status {
  readonly target: number;
  readonly workers: readonly { readonly state: string }[];
}

/** Looks at the supervisor once a second, from the beginning. */
class Watch {
  readonly changes: ScalingChange[] = [];
  readonly #admin: string;
  readonly #clients: RampClients;
  readonly #start: number = performance.now();
  readonly #looking: NodeJS.Timeout = setInterval(() => void this.#look(), LOOK);
  #status: Status | undefined;

  constructor(admin: string, clients: RampClients) {
    this.#admin = admin;
    this.#clients = clients;
  }

  get seconds(): number {
    return Math.round((performance.now() - this.#start) / 1_000);
  }

  end(): void {
    clearInterval(this.#looking);
  }

  /** Resolves once so many workers are ready, and no others are there. */
  async until(workers: number): Promise<void> {
    while (!this.#isSettledAt(workers)) {
      const { at = 0 } = this.changes.at(-1) ?? {};
      if ((this.seconds - at) * 1_000 > PATIENCE)
        throw new Error(`Not ${workers} workers: ${JSON.stringify(this.#status)}`);
      await delay(LOOK);
    }
  }

  #isSettledAt(workers: number): boolean {
    if (this.#status?.target !== workers || this.#status.workers.length !== workers) return false;
    return this.#status.workers.every(({ state }) => state === "ready");
  }

  async #look(): Promise<void> {
    const { target, workers } = (await (await fetch(`http://${this.#admin}/status`)).json()) as Status;
    this.#status = { target, workers };
    if (target === this.changes.at(-1)?.workers) return;
    this.changes.push({ at: this.seconds, workers: target, connections: this.#clients.open });
  }
}
