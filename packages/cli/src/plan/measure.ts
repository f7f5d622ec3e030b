/** Measures a program that runs: memory and CPU of opening connections, then the curve of CPU and latency over load. */

import { Fleet, LEAD } from "../bench/fleet.ts";
import { percentileOf } from "../bench/latencies.ts";
import type { Load, Phase } from "../bench/load.ts";
import { Measurement } from "../bench/measurement.ts";
import { busyBetween, sampleMachine } from "../bench/processors.ts";
import { firstOf, SCRIPT } from "../bench/run.ts";
import { CommandError } from "../command.ts";
import type { Progress } from "../terminal/progress.ts";
import type { ProgramFigures } from "./answers.ts";
import type { Program } from "./program.ts";
import type { Measured, MemoryFigures, Step } from "./result.ts";
import { MEMORY_WORK, type Stages } from "./stages.ts";

/** Openings a second: fewer than the queue of a listening socket holds, so that none is lost to a pause. */
const OPENINGS = 1_000;

/** Of what was sent, what does not come back in time, more than a few; and how busy: from there on there is nothing more to see. */
const MISSING = 0.1;
const FEW = 3;
const SATURATED = 0.97;
/** Messages that a slow program is to answer in a step, and what time it gets for that (ms). */
const ENOUGH = 40;
const LONGEST_STEP = 4_000;
/** From so much on, the curve is the generator's. */
const GENERATOR_BUSY = 0.95;

/** A message in so many ms is a useless server: the curve ends there. */
const SLOW = 2_000;

export interface Workplace {
  readonly program: Program;
  readonly load: Load;
  readonly stages: Stages;
  readonly progress: Progress;
  readonly interruption: AbortSignal;
}

export async function measureProgram(workplace: Workplace): Promise<Measured> {
  const meter = new Meter(workplace);
  try {
    return await meter.measure();
  } finally {
    await meter.stop();
  }
}

class Meter {
  readonly #workplace: Workplace;
  readonly #fleet: Fleet;
  #measurement: Measurement;

  constructor(workplace: Workplace) {
    this.#workplace = workplace;
    const { load, interruption } = workplace;
    this.#measurement = new Measurement(load.threads);
    this.#fleet = new Fleet({
      load,
      script: SCRIPT,
      interruption,
      report: (interval, thread) => this.#measurement.add(interval, thread),
    });
  }

  async measure(): Promise<Measured> {
    const { program, load } = this.#workplace;
    const possible = await this.#warmUp();
    const base = await program.figures(true);
    const [third, twoThirds, full] = await this.#openAll();
    this.#workplace.progress.step("memory: after messages", MEMORY_WORK);
    await this.#exchange(possible);
    const used = await program.figures(true);
    const steps = await this.#curve(possible);
    const cpuPerOpening = (full.cpu - base.cpu) / load.clients;
    return { memory: memoryOf({ base, third, twoThirds, full, used }, load.clients), cpuPerOpening, steps };
  }

  async stop(): Promise<void> {
    await this.#fleet.stop();
  }

  /** @returns messages a second that were answered, about */
  async #warmUp(): Promise<number> {
    const { stages, load, progress } = this.#workplace;
    progress.step("warming up", stages.warmup);
    await this.#fleet.prepare();
    const clients = Math.min(stages.warmupClients, load.clients);
    await this.#open(clients);
    await this.#run({ rate: null, warmup: stages.warmup / 2, duration: stages.warmup / 2 });
    const { latencies, errors } = this.#measurement;
    if (latencies.count === 0) throw noAnswer(load, errors);
    await this.#fleet.close();
    // Each client has one message on its way all the time (Little's law)
    return (clients * 1e9) / latencies.mean;
  }

  /** In thirds, of which the last two should take the same: the first finds pages that were free before. */
  async #openAll(): Promise<readonly [third: ProgramFigures, twoThirds: ProgramFigures, full: ProgramFigures]> {
    const { load, program, progress } = this.#workplace;
    const thirds: ProgramFigures[] = [];
    for (let part = 1; part <= 3; part++) {
      progress.step(`memory: ${Math.floor((load.clients * part) / 3)} connections`, MEMORY_WORK);
      await this.#open(Math.floor((load.clients * part) / 3) - Math.floor((load.clients * (part - 1)) / 3));
      thirds.push(await program.figures(true));
    }
    const [third, twoThirds, full] = thirds;
    return [third!, twoThirds!, full!];
  }

  async #open(clients: number): Promise<void> {
    this.#measurement = new Measurement(this.#workplace.load.threads);
    await this.#fleet.open(clients, (clients * 1_000) / OPENINGS);
    const { opened, errors } = this.#measurement;
    if (opened === clients) return;
    const why = [...errors.keys()].join("; ");
    throw new CommandError(`${clients - opened} of ${clients} connections could not be opened: ${why}.`);
  }

  /** A few messages for each connection, at half of what is possible; of a slow program for as many as two seconds allow. */
  async #exchange(possible: number): Promise<void> {
    const { load, stages } = this.#workplace;
    const rate = possible / 2 / load.clients;
    await this.#run({ rate, warmup: 0, duration: Math.max(200, Math.min((stages.exchange * 1_000) / rate, 2_000)) });
  }

  /** Up to where nothing more comes back; then once more, up to there. */
  async #curve(possible: number): Promise<Step[]> {
    const { stages } = this.#workplace;
    const { shares } = stages;
    const steps: Step[] = [];
    let most = possible;
    for (let pass = 0; pass < stages.passes; pass++) {
      const rates = shares.map((share) => most * share);
      for (let rate = rates.shift(); rate !== undefined && steps.length < stages.mostSteps; rate = rates.shift()) {
        const step = await this.#step(rate);
        // The generator's own end says nothing about the program
        if (step.generator >= GENERATOR_BUSY && !step.isSaturated && steps.length > 0) break;
        steps.push(step);
        if (step.isSaturated || (step.p99 ?? 0) > SLOW) break;
        if (pass === 0 && rates.length === 0) rates.push(rate * growthAfter(step));
      }
      most = Math.max(...steps.map(({ received }) => received));
    }
    return steps;
  }

  /** @param offered messages a second, of all clients */
  async #step(offered: number): Promise<Step> {
    const { stages, load, progress } = this.#workplace;
    progress.step(`load: ${Math.round(offered).toLocaleString("en-US")} messages/s`, stages.settle + stages.step);
    const rate = offered / load.clients;
    const duration = Math.min(Math.max(stages.step, (ENOUGH * 1_000) / offered), LONGEST_STEP);
    const { before, after, machine } = await this.#run({ rate, warmup: stages.settle, duration });
    const { throughput, latencies, utilization, starved } = this.#measurement;
    const missing = ((offered - throughput.received) * duration) / 1_000;
    const time = after.active + after.idle - before.active - before.idle;
    const share = (name: "cpu" | "active" | "starved") => (after[name] - before[name]) / time;
    const cpu = share("cpu");
    return {
      offered,
      received: throughput.received,
      cpu,
      loop: share("active"),
      starved: share("starved"),
      p50: latencies.count === 0 ? null : percentileOf(latencies, 50),
      p99: latencies.count === 0 ? null : percentileOf(latencies, 99),
      generator: utilization,
      generatorStarved: starved,
      machine,
      isSaturated: missing > Math.max(FEW, (offered * MISSING * duration) / 1_000) || cpu > SATURATED,
    };
  }

  async #run(phase: Phase): Promise<Used> {
    const { program, load } = this.#workplace;
    this.#measurement = new Measurement(load.threads);
    const running = this.#fleet.run(phase, phase.duration);
    await firstOf(running, LEAD + phase.warmup);
    const [before, machineBefore] = [await program.figures(), sampleMachine()];
    await firstOf(running, phase.duration);
    const [after, machineAfter] = [await program.figures(), sampleMachine()];
    await running;
    return { before, after, machine: busyBetween(machineBefore, machineAfter) };
  }
}

/** What was used between the beginning and the end of a measured stretch. */
interface Used {
  readonly before: ProgramFigures;
  readonly after: ProgramFigures;
  /** Of all processors. */
  readonly machine: number;
}

/** A program with much time left is given much more: towards nine tenths of its time. */
export function growthAfter({ cpu, loop }: Pick<Step, "cpu" | "loop">): number {
  return Math.min(MOST_GROWTH, Math.max(LEAST_GROWTH, 0.9 / Math.max(cpu, loop, 0.01)));
}

const LEAST_GROWTH = 1.25;
const MOST_GROWTH = 2.5;

function noAnswer({ timeout }: Load, errors: ReadonlyMap<string, number>): CommandError {
  const why = errors.size === 0 ? "" : ` (${[...errors.keys()].join("; ")})`;
  return new CommandError(
    `the program answered no message within ${timeout / 1_000} s${why}. --message TEXT sends one that it answers; for broadcasts, use hawser bench --mode broadcast --pid.`,
  );
}

interface MemorySamples {
  readonly base: ProgramFigures;
  readonly third: ProgramFigures;
  readonly twoThirds: ProgramFigures;
  readonly full: ProgramFigures;
  readonly used: ProgramFigures;
}

/** @param connections that were open in `full` and `used` */
export function memoryOf({ base, third, twoThirds, full, used }: MemorySamples, connections: number): MemoryFigures {
  const each = (to: number, from: number, count: number) => Math.max(LEAST, (to - from) / count);
  const part = connections / 3;
  const thirds = [each(twoThirds.rss, third.rss, part), each(full.rss, twoThirds.rss, part)] as const;
  // What is free in the heap's pages is taken without RSS growing
  const idle = Math.max(each(full.rss, third.rss, 2 * part), each(full.heapUsed, base.heapUsed, connections));
  const heap = each(Math.max(full.heapUsed, used.heapUsed), base.heapUsed, connections);
  return {
    base: base.rss,
    idle,
    used: Math.max(idle + Math.max(0, used.rss - full.rss) / connections, heap),
    heap,
    heapLimit: base.heapLimit,
    sample: connections,
    spread: Math.abs(thirds[1] - thirds[0]) / (2 * idle),
  };
}

/** No connection takes less (bytes); what is measured below is pages that were free before. */
const LEAST = 1_024;
