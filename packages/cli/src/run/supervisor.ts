/**
 * Keeps as many workers running as there shall be: starts them, replaces those that end, stall or grow, restarts all of them without
 * losing a client, and stops them.
 *
 * Knows no process, no socket and no signal: workers are behind `Launch`, time is a clock.
 */

import { MAX_WORKERS } from "../config/run-grammars.ts";
import { restartDelay } from "./backoff.ts";
import { MetricsLedger } from "./metrics-ledger.ts";
import { Renewal } from "./renewal.ts";
import { beginRestart, type Restart } from "./restart.ts";
import type { RunSettings } from "./run-settings.ts";
import type { Slot } from "./slot.ts";
import { watchStalls } from "./stall-watch.ts";
import type { Supervision, SupervisorState, SupervisorStatus } from "./supervision.ts";
import type { SupervisorHost } from "./supervisor-host.ts";
import { SupervisorRecord } from "./supervisor-record.ts";
import { type Exit, type Usage, Worker } from "./worker.ts";
import { Workforce } from "./workforce.ts";

/** The exit code of a supervisor that gave up: EX_SOFTWARE of sysexits.h. */
export const CRASH_LOOP = 70;

/** Milliseconds that a worker has, by default, besides the time in which it closes its connections. */
const GRACE = 20_000;

export class Supervisor implements Supervision {
  readonly #settings: RunSettings;
  readonly #host: SupervisorHost;
  readonly #record: SupervisorRecord;
  readonly #all: Workforce = new Workforce();
  readonly #ledger: MetricsLedger = new MetricsLedger();
  readonly #renewal: Renewal;
  #state: SupervisorState = "starting";
  #target: number;
  #generation = 1;
  /** Workers before this generation are replaced. */
  #oldestWanted = 1;
  #restart: Restart | undefined;
  #exitCode = 0;
  #mustTend = false;
  #isTending = false;
  #hasEnded = false;
  /** Resolves to the exit code once no process is left. */
  readonly ended: Promise<number>;
  #resolveEnded!: (code: number) => void;

  constructor(settings: RunSettings, host: SupervisorHost) {
    this.#settings = settings;
    this.#host = host;
    this.#target = settings.workers.least;
    this.#record = new SupervisorRecord(settings, host.clock);
    this.#renewal = new Renewal({
      nextOutdated: () => this.#nextOutdated(),
      launchSuccessor: ({ id }) => this.#launchUnlessWaiting(this.#all.slot(id)),
      retire: (old) => this.#retire(old),
    });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  start(): void {
    this.#tend();
    const { stall } = this.#settings;
    if (stall === 0) return;
    // One that starts or stops has other deadlines
    const watched = () => this.#all.workers.filter(({ state }) => state === "ready" || state === "draining");
    const reason = `its event loop has stalled for more than --stall, ${stall} ms`;
    const unwatch = watchStalls(stall, this.#host.clock, watched, (worker) => this.#killFor(worker, reason));
    void this.ended.then(unwatch);
  }

  // What it can be told

  setTarget(workers: number): void {
    const { least, most } = this.#bounds();
    this.#changeTarget(Math.min(most, Math.max(least, Math.round(workers))));
  }

  /** One worker more or less than there shall be. */
  addToTarget(change: 1 | -1): void {
    this.setTarget(this.#target + change);
  }

  /** One that was not asked for a range can still be told. */
  #bounds(): { readonly least: number; readonly most: number } {
    const { workers } = this.#settings;
    return workers.isFixed ? { least: 1, most: MAX_WORKERS } : workers;
  }

  #changeTarget(target: number): void {
    if (target === this.#target || this.#isStopping()) return;
    this.#host.journal.info(`${target} workers, ${this.#target} before`);
    this.#target = target;
    this.#tend();
  }

  restart(): Promise<void> {
    if (this.#isStopping()) return Promise.reject(new Error("Cannot restart: the supervisor is stopping"));
    this.#generation++;
    this.#prefer(this.#generation);
    this.#state = "restarting";
    this.#record.beginDrain(this.#all.workers, this.#settings.drainWindow);
    this.#restart ??= beginRestart();
    // What did not start may start now
    for (const slot of this.#all.slots) slot.earlyExits = 0;
    this.#host.journal.info("restarting the workers, one after the other");
    this.#tend();
    return this.#restart.promise;
  }

  async stop(): Promise<void> {
    if (!this.#isStopping()) {
      this.#host.journal.info("stopping");
      this.#beginStop("stopping", this.#settings.notReady);
    }
    await this.ended;
  }

  /** Ends all processes at once. */
  kill(): void {
    this.#beginStop("stopping", 0);
    for (const worker of this.#all.workers) worker.kill("the supervisor was told to end at once");
  }

  // What it shows

  status(): SupervisorStatus {
    return this.#record.status(this.#state, this.#target, this.#all.slots, this.#oldestWanted);
  }

  onChange(listener: (status: SupervisorStatus) => void): () => void {
    return this.#record.onChange(listener);
  }

  metrics(): ReturnType<Supervision["metrics"]> {
    return this.#ledger.collect(this.#all.workers);
  }

  // Keeping the workers as they shall be

  /** Does whatever is to be done now. Called whenever something has changed. */
  #tend(): void {
    this.#mustTend = true;
    // What happens within is seen to in the next turn of the loop
    if (this.#isTending) return;
    this.#isTending = true;
    while (this.#mustTend) {
      this.#mustTend = false;
      if (this.#isStopping()) this.#endIfDone();
      else this.#keepUp();
    }
    this.#isTending = false;
    this.#record.changed(() => this.status());
  }

  #keepUp(): void {
    for (let id = 1; id <= this.#target; id++) {
      const slot = this.#all.slot(id);
      if (slot.current === undefined) this.#launchUnlessWaiting(slot);
    }
    for (const worker of this.#all.workers) if (worker.id > this.#target && worker.isWanted) this.#retire(worker);
    this.#all.removeEmpty(this.#target);
    this.#renewal.advance();
    this.#checkStarted();
    this.#checkRestarted();
  }

  #checkStarted(): void {
    if (this.#state !== "starting") return;
    const ready = this.#all.serving.length;
    if (ready < this.#target) return;
    this.#state = "running";
    this.#host.journal.info(`${ready} ${ready === 1 ? "worker is" : "workers are"} ready`);
  }

  #checkRestarted(): void {
    if (this.#restart === undefined) return;
    const isNew = ({ generation, isServing }: Worker) => generation >= this.#oldestWanted && isServing;
    if (!this.#all.workers.every(isNew) || this.#all.serving.length < this.#target) return;
    this.#host.journal.info("all workers were restarted");
    this.#endRestart()?.resolve();
  }

  #prefer(oldest: number): void {
    this.#oldestWanted = oldest;
    this.#host.places.prefer(oldest);
  }

  #endRestart(): Restart | undefined {
    const restart = this.#restart;
    this.#restart = undefined;
    this.#record.endDrain();
    if (this.#state === "restarting") this.#state = "running";
    return restart;
  }

  #nextOutdated(): Worker | undefined {
    for (const { id, current } of this.#all.slots) {
      if (id > this.#target || current === undefined || !current.isServing) continue;
      if (current.generation < this.#oldestWanted || current.isOverMemory) return current;
    }
    return undefined;
  }

  #retire(worker: Worker): void {
    if (!worker.isServing) {
      this.#stopWorker(worker);
      return;
    }
    const { restartCode, grace } = this.#settings;
    const window = this.#record.windowOf(worker, this.#all.workers);
    worker.isAskedToEnd = true;
    worker.drain = { of: worker.connections, until: this.#host.clock.date() + window };
    worker.move("drain");
    worker.link.drain(window, restartCode);
    this.#killAfter(worker, grace ?? window + GRACE);
  }

  // Starting

  #launchUnlessWaiting(slot: Slot): Worker | undefined {
    return slot.isWaiting ? undefined : this.#launch(slot);
  }

  #launch(slot: Slot): Worker {
    const worker = new Worker(slot.id, this.#generation, this.#host.clock);
    slot.workers.push(worker);
    worker.link = this.#host.launch(slot.id, this.#generation, {
      ready: () => this.#becameReady(worker),
      beat: (usage) => this.#heard(worker, usage),
      drained: () => {
        worker.isDrained = true;
        this.#tend();
      },
      exited: (exit) => this.#exited(slot, worker, exit),
    });
    const { readyTimeout } = this.#settings;
    const late = `it has not called serve() within --ready-timeout, ${readyTimeout} ms`;
    worker.killAfter(readyTimeout, () => this.#killFor(worker, late));
    return worker;
  }

  #becameReady(worker: Worker): void {
    if (!worker.move("ready")) return;
    worker.heardAt = this.#host.clock.now();
    worker.link.admit();
    this.#host.journal.info(`worker ${worker.id} is ready`, { pid: worker.link.pid });
    this.#tend();
  }

  // Watching

  #heard(worker: Worker, usage: Usage): void {
    worker.heard(usage);
    const { memoryLimit, minUptime } = this.#settings;
    // A limit that is too low for the program would have it replaced without end, and at once
    const hasLived = this.#host.clock.now() - worker.since >= minUptime;
    if (worker.isServing && !worker.isOverMemory && hasLived && usage.memory > memoryLimit) {
      worker.isOverMemory = true;
      const text = `worker ${worker.id} holds ${usage.memory} bytes, more than --memory-limit, ${memoryLimit}: it is replaced`;
      this.#host.journal.warn(text, { pid: worker.link.pid });
      this.#tend();
    } else {
      this.#record.changed(() => this.status());
    }
  }

  // Ending

  #exited(slot: Slot, worker: Worker, exit: Exit): void {
    if (!worker.move("exit")) return;
    slot.workers = slot.workers.filter((one) => one !== worker);
    this.#ledger.ended(worker);
    const reason = worker.reasonOf(exit);
    this.#record.addExit(worker, exit, reason);
    if (worker.isAskedToEnd || this.#isStopping())
      this.#host.journal.info(`worker ${worker.id} has ended`, { pid: worker.link.pid });
    else this.#failed(slot, worker, reason);
    this.#tend();
  }

  /** It ended without being asked to. */
  #failed(slot: Slot, worker: Worker, reason: string): void {
    const { clock, journal, random } = this.#host;
    const { minUptime, backoff, crashLimit } = this.#settings;
    const isEarly = worker.readySince === undefined || clock.now() - worker.since < minUptime;
    slot.earlyExits = isEarly ? slot.earlyExits + 1 : 0;
    slot.restarts++;
    const delay = Math.round(restartDelay(slot.earlyExits, backoff, random));
    journal.error(`worker ${worker.id} has ended: ${reason}`, { pid: worker.link.pid });
    if (slot.earlyExits >= crashLimit) this.#giveUp(slot);
    slot.isWaiting = delay > 0;
    if (delay === 0) return;
    clock.schedule(() => {
      slot.isWaiting = false;
      this.#tend();
    }, delay);
  }

  /** A restart to what does not start is broken off. Otherwise, as long as others serve, trying goes on. */
  #giveUp(slot: Slot): void {
    const { journal } = this.#host;
    const count = `${slot.earlyExits} workers in a row ended early (--crash-limit ${this.#settings.crashLimit})`;
    if (this.#restart !== undefined && slot.current !== undefined) {
      this.#prefer(1);
      journal.error(`${count}: the restart is broken off, the old workers go on`);
      this.#endRestart()?.reject(new Error(`The restart failed: ${count}`));
    } else if (!this.#all.workers.some((worker) => this.#isHealthy(worker))) {
      journal.error(`${count}: giving up`);
      this.#exitCode = CRASH_LOOP;
      this.#beginStop("failed", 0);
    }
  }

  #isHealthy(worker: Worker): boolean {
    if (worker.readySince === undefined || !worker.isServing) return false;
    const hasLived = this.#host.clock.now() - worker.since >= this.#settings.minUptime;
    return hasLived || this.#all.slot(worker.id).earlyExits === 0;
  }

  #killFor(worker: Worker, reason: string): void {
    this.#host.journal.error(`worker ${worker.id} is killed: ${reason}`, { pid: worker.link.pid });
    worker.kill(reason);
  }

  #killAfter(worker: Worker, delay: number): void {
    worker.killAfter(delay, () => this.#killFor(worker, `it has not ended within ${Math.round(delay)} ms`));
  }

  #stopWorker(worker: Worker): void {
    if (!worker.move("stop")) return;
    worker.isAskedToEnd = true;
    worker.link.stop(this.#settings.stopCode);
    this.#killAfter(worker, this.#settings.grace ?? GRACE);
  }

  #beginStop(state: "stopping" | "failed", notReady: number): void {
    if (this.#isStopping()) return;
    this.#state = state;
    this.#endRestart()?.reject(new Error("The restart was broken off: the supervisor stops"));
    this.#record.beginDrain(this.#all.workers, notReady + (this.#settings.grace ?? GRACE));
    const stop = () => {
      this.#host.places.close();
      for (const worker of this.#all.workers) this.#stopWorker(worker);
      this.#tend();
    };
    if (notReady > 0) this.#host.clock.schedule(stop, notReady);
    else stop();
  }

  #endIfDone(): void {
    if (this.#hasEnded || this.#all.workers.length > 0) return;
    this.#hasEnded = true;
    this.#record.endDrain();
    if (this.#state === "stopping") this.#state = "stopped";
    this.#resolveEnded(this.#exitCode);
  }

  #isStopping(): boolean {
    return this.#state === "stopping" || this.#state === "stopped" || this.#state === "failed";
  }
}
