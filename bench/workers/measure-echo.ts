/** Echoes for each second of CPU time: of a worker under a supervisor, and of the same program alone. */
import { type ClientConnection, connect } from "hawser";
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
  /** Median of the rounds' ratios, supervised to alone, and the quartiles. */
  readonly ratio: number;
  readonly quartiles: readonly [number, number];
}

const PAYLOAD = "x".repeat(125);

export async function measureEcho(plan: EchoPlan): Promise<EchoResult> {
  await using one = await startAlone("entry-echo");
  await using other = await startSupervised(["--workers", "1"], "entry-echo");
  const alone = await Subject.of(one, plan.connections);
  const supervised = await Subject.of(other, plan.connections);
  for (const subject of [alone, supervised]) await subject.measure(plan.messages);
  const rounds: { alone: number; supervised: number }[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const isReversed = round % 2 === 1;
    const first = await (isReversed ? supervised : alone).measure(plan.messages);
    const second = await (isReversed ? alone : supervised).measure(plan.messages);
    rounds.push(isReversed ? { alone: second, supervised: first } : { alone: first, supervised: second });
  }
  alone.end();
  supervised.end();
  const ratios = rounds.map((round) => round.supervised / round.alone);
  return {
    ...plan,
    alone: Math.round(
      quantile(
        rounds.map((round) => round.alone),
        0.5,
      ),
    ),
    supervised: Math.round(
      quantile(
        rounds.map((round) => round.supervised),
        0.5,
      ),
    ),
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.round((sorted.length - 1) * part)]!;
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
