/**
 * Deadlines of many connections on one timer.
 *
 * An entry stands in the slot of the deadline that it had when it was put there. Traffic only moves the entry's own
 * deadline; the wheel notices when it comes to the slot, and puts the entry into the slot of the new one. So a message costs
 * the wheel nothing.
 */

import { type Clock, systemClock } from "./clock.ts";

export interface Timed {
  /** In the clock's milliseconds; `Infinity`: none. */
  readonly deadline: number;
  /** Called at the deadline or a little later. */
  handleTimeout(now: number): void;
  /** The wheel's own notes of where the entry stands: `slot` is -1 while it stands nowhere. */
  slot: number;
  slotIndex: number;
}

/** Milliseconds that one slot covers: how late a deadline may be met. */
const RESOLUTION = 10;

/**
 * Deadlines further away than this, in milliseconds, wait in a slot of a whole second that comes before them, and are put into
 * their own slot then: nearly always they have moved on by that time, and thousands of entries stand in a few dozen slots.
 */
const FAR = 2_000;
const COARSE_RESOLUTION = 1_000;

export class TimingWheel {
  readonly #clock: Clock;
  /** Lists, not sets: see `roster.ts` for the reason. */
  readonly #slots: Map<number, Timed[]> = new Map();
  #timer: unknown;
  /** The slot that the timer is set for. */
  #nextSlot = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get clock(): Clock {
    return this.#clock;
  }

  /** Puts an entry where its deadline is now. */
  schedule(entry: Timed): void {
    this.remove(entry);
    if (entry.deadline === Number.POSITIVE_INFINITY) return;
    const slot = slotFor(entry.deadline, this.#clock.now());
    let entries = this.#slots.get(slot);
    if (entries === undefined) {
      entries = [];
      this.#slots.set(slot, entries);
    }
    entry.slot = slot;
    entry.slotIndex = entries.length;
    entries.push(entry);
    if (slot < this.#nextSlot) this.#setTimer(slot);
  }

  /** Puts an entry forward, or in, if its deadline has come nearer. Costs nothing otherwise. */
  hasten(entry: Timed): void {
    const metBy = entry.slot < 0 ? Number.POSITIVE_INFINITY : entry.slot * RESOLUTION;
    if (entry.deadline + RESOLUTION < metBy) this.schedule(entry);
  }

  remove(entry: Timed): void {
    const entries = this.#slots.get(entry.slot);
    entry.slot = -1;
    // It does not stand there any more if its slot is just being emptied
    if (entries === undefined || entries[entry.slotIndex] !== entry) return;
    const last = entries.pop()!;
    if (last === entry) return;
    last.slotIndex = entry.slotIndex;
    entries[entry.slotIndex] = last;
  }

  #setTimer(slot: number): void {
    if (this.#timer !== undefined) this.#clock.cancel(this.#timer);
    this.#nextSlot = slot;
    const delay = Math.max(1, Math.ceil(slot * RESOLUTION - this.#clock.now()));
    this.#timer = this.#clock.schedule(() => this.#timerFired(), delay);
  }

  #timerFired(): void {
    this.#timer = undefined;
    // After a stall of our own, the peers' signs of life lie unread: they are heard before anybody is judged.
    this.#clock.afterInput(() => this.#turn());
  }

  #turn(): void {
    const now = this.#clock.now();
    const current = Math.floor(now / RESOLUTION);
    const due = [...this.#slots.keys()].filter((slot) => slot <= current);
    for (const slot of due) this.#empty(slot, now);
    this.#nextSlot = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots.keys()) earliest = Math.min(earliest, slot);
    if (earliest !== Number.POSITIVE_INFINITY) this.#setTimer(earliest);
  }

  #empty(slot: number, now: number): void {
    const entries = this.#slots.get(slot)!;
    this.#slots.delete(slot);
    for (const entry of entries) {
      // Unless one before it has removed it, or put it elsewhere
      if (entry.slot !== slot) continue;
      if (entry.deadline <= now) entry.handleTimeout(now);
      if (entry.slot === slot) this.schedule(entry);
    }
  }
}

function slotFor(deadline: number, now: number): number {
  if (deadline - now <= FAR) return Math.ceil(deadline / RESOLUTION);
  return Math.floor((deadline - COARSE_RESOLUTION) / COARSE_RESOLUTION) * (COARSE_RESOLUTION / RESOLUTION);
}

/** The process's wheel. */
export const systemWheel: TimingWheel = new TimingWheel(systemClock);
