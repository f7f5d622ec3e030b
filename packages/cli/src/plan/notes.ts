/** What speaks against trusting a plan. */

import type { Capacity, Measured } from "./result.ts";

/** ± from which on a figure is said to be rough. */
const ROUGH = 0.2;
/** Of the time, without a processor. */
const STARVED = 0.1;
/** The loop is that much busier than the processor is. */
const WAITING = 0.25;
/** Points, below which a line through them says little. */
const FEW = 4;

export function notesOf({ steps, memory }: Measured, capacity: Capacity): string[] {
  const notes: string[] = [];
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  if (capacity.spread > ROUGH) {
    notes.push(
      `What a process carries may be ${percent(capacity.spread)} less: plan with the larger number of processes, or measure again on a quiet machine.`,
    );
  }
  if (memory.spread > ROUGH) {
    notes.push(
      `Memory of a connection varied by ± ${percent(memory.spread)} between parts of the sample: --sample more.`,
    );
  }
  const starved = Math.max(0, ...steps.map((step) => step.starved));
  if (starved > STARVED) {
    notes.push(
      `The program was without a processor for up to ${percent(starved)} of the time: latencies, and where it saturates, are worse than with a core of its own. CPU times are not.`,
    );
  }
  if (capacity.limit === "waiting") {
    notes.push(
      "Nothing more was answered though the program had CPU time left: it waits for something, or blocks its event loop without computing.",
    );
  } else if (steps.some(({ loop, cpu, starved: lost }) => loop - cpu - lost > WAITING)) {
    notes.push("The event loop was busier than the processor: something blocks it without computing.");
  }
  if (steps.length < FEW) notes.push(`Only ${steps.length} rates could be measured: the line through them is rough.`);
  if (capacity.saturation === null) {
    notes.push(
      "The program was not driven to its limit: the generator, or the time, ended first. What it carries is computed, not seen.",
    );
  }
  return notes;
}
