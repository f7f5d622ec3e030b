/** Echoes for each second of CPU time: of a worker under a supervisor, of one that is scraped, and of the same program alone. */
import { type ClientConnection, connect } from "hawser";
import { type Pinning, pinGenerator } from "../processes/pinning.ts";
import { quantile } from "../reporting/statistics.ts";
import { freePort } from "./free-port.ts";
import { type Started, startAlone, startSupervised } from "./started.ts";

export interface EchoPlan {
  readonly rounds: number;
  readonly connections: number;
  /** Of all connections together, in each round. */
  readonly messages: number;
}

export interface EchoResult extends EchoPlan {
  /** Echoes a second of CPU time of the serving process; medians. */
  readonly alone: number;
  readonly supervised: number;
  readonly scraped: number;
  /** Supervised to alone. */
  readonly supervision: Ratio;
  /** Scraped to supervised. */
  readonly scraping: Ratio;
  /** Which cores were used. */
  readonly note: string;
}

/** Of the rounds' ratios. */
export interface Ratio {
  readonly median: number;
  readonly quartiles: readonly [number, number];
}

const PAYLOAD = "x".repeat(125);

/** Milliseconds between two scrapes. */
const SCRAPE = 1_000;

const KINDS = ["alone", "supervised", "scraped"] as const;

type Kind = (typeof KINDS)[number];

export async function measureEcho(plan: EchoPlan, pinning: Pinning): Promise<EchoResult> {
  const admin = `127.0.0.1:${await freePort()}`;
  const { server, note } = pinning;
  await using alone = await startAlone("entry-echo", server);
  await using supervised = await startSupervised(["--workers", "1", "--admin", "off"], "entry-echo", server);
  await using scraped = await startSupervised(["--workers", "1", "--admin", admin], "entry-echo", server);
  const subjects = {
    alone: await Subject.of(alone, plan.connections),
    supervised: await Subject.of(supervised, plan.connections),
    scraped: await Subject.of(scraped, plan.connections),
  };
  const scraping = setInterval(() => void scrape(admin), SCRAPE);
  const unpin = pinGenerator(pinning);
  try {
    return { ...plan, ...summary(await rounds(plan, subjects)), note };
  } finally {
    unpin();
    clearInterval(scraping);
    for (const subject of Object.values(subjects)) subject.end();
  }
}

type Round = Record<Kind, number>;

/** Each kind is the first of a round as often as any other. */
async function rounds(plan: EchoPlan, subjects: Readonly<Record<Kind, Subject>>): Promise<Round[]> {
  for (const kind of KINDS) await subjects[kind].measure(plan.messages);
  const measured: Round[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const figures: Round = { alone: 0, supervised: 0, scraped: 0 };
    for (let turn = 0; turn < KINDS.length; turn++) {
      const kind = KINDS[(round + turn) % KINDS.length]!;
      figures[kind] = await subjects[kind].measure(plan.messages);
    }
    measured.push(figures);
  }
  return measured;
}

function summary(measured: readonly Round[]): Omit<EchoResult, keyof EchoPlan | "note"> {
  const median = (kind: Kind) => Math.round(quantile(of(measured, kind), 0.5));
  return {
    alone: median("alone"),
    supervised: median("supervised"),
    scraped: median("scraped"),
    supervision: ratio(measured, "supervised", "alone"),
    scraping: ratio(measured, "scraped", "supervised"),
  };
}

function of(measured: readonly Round[], kind: Kind): number[] {
  return measured.map((round) => round[kind]);
}

function ratio(measured: readonly Round[], one: Kind, other: Kind): Ratio {
  const ratios = measured.map((round) => round[one] / round[other]);
  return { median: quantile(ratios, 0.5), quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)] };
}

async function scrape(admin: string): Promise<void> {
  await (await fetch(`http://${admin}/metrics`)).text();
}

/** A server, and who talks to it. */
class Subject {
  readonly #connections: readonly ClientConnection[];

  private constructor(connections: readonly ClientConnection[]) {
    this.#connections = connections;
  }

  static async of({ port }: Started, count: number): Promise<Subject> {
    const open = Array.from({ length: count }, () => connect(`ws://127.0.0.1:${port}`, { compression: false }));
    return new Subject(await Promise.all(open));
  }

  /** Resolves to the echoes a second of CPU time. */
  async measure(messages: number): Promise<number> {
    const before = await this.#cpu();
    const each = Math.ceil(messages / this.#connections.length);
    await Promise.all(this.#connections.map((ws) => pingPong(ws, each)));
    const used = (await this.#cpu()) - before;
    return (each * this.#connections.length) / used;
  }

  end(): void {
    for (const ws of this.#connections) ws.terminate();
  }

  /** Seconds. */
  async #cpu(): Promise<number> {
    const [ws] = this.#connections;
    await ws!.send("/cpu");
    const { user, system } = JSON.parse(String(await ws!.recv())) as { readonly user: number; readonly system: number };
    return (user + system) / 1e6;
  }
}

async function pingPong(ws: ClientConnection, count: number): Promise<void> {
  for (let message = 0; message < count; message++) {
    await ws.send(PAYLOAD);
    await ws.recv();
  }
}
