/**
 * The messages that are measured, what they are like, and what speaks against trusting the figures.
 *
 * This file does not know where messages come from.
 */

import { CommandError } from "../../command.ts";
import type { Gathered } from "../../messages/gathered.ts";

/** Messages that can be measured: at least one, none empty. */
export interface Corpus extends Gathered {
  readonly summary: CorpusSummary;
}

/** Sizes in bytes. */
export interface CorpusSummary {
  readonly count: number;
  readonly bytes: number;
  readonly smallest: number;
  readonly median: number;
  readonly average: number;
  readonly largest: number;
  readonly warnings: readonly string[];
}

/** Below it, windows do not fill and one message more or less changes the figures. */
const FEW = 100;

/** The library's default for the option `threshold` (bytes). */
const THRESHOLD = 32;

/** From so much on, a message says nothing about a stream of small ones, and one call blocks for milliseconds. */
const LARGE = 65_536;

/**
 * Leaves out empty messages and judges the rest.
 *
 * @throws {CommandError} if nothing is left
 */
export function checkCorpus(gathered: Gathered): Corpus {
  const messages = gathered.messages.filter(({ length }) => length > 0);
  const left = gathered.messages.length - messages.length;
  if (messages.length === 0) throw new CommandError(`${gathered.source} has no message that is not empty.`);
  const sizes = messages.map(({ length }) => length).sort((one, other) => one - other);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const summary = {
    count: messages.length,
    bytes,
    smallest: sizes[0]!,
    median: sizes[sizes.length >> 1]!,
    average: bytes / messages.length,
    largest: sizes.at(-1)!,
    warnings: warningsFor(messages, left, gathered.hasMore),
  };
  return { ...gathered, messages, summary };
}

function warningsFor(messages: readonly Uint8Array[], empty: number, hasMore: boolean): string[] {
  const warnings: string[] = [];
  const { length } = messages;
  if (length < FEW)
    warnings.push(`Only ${counted(length, "message")}: the figures are rough. Better are 1,000 or more.`);
  if (empty > 0) warnings.push(`${counted(empty, "empty message")} left out.`);
  if (hasMore) warnings.push(`The first ${counted(length, "message")} only; --messages takes more.`);
  const large = messages.filter((message) => message.length >= LARGE).length;
  if (large > 0)
    warnings.push(`${counted(large, "message")} of 64 KiB or more: compressing one blocks the event loop.`);
  const short = messages.filter((message) => message.length < THRESHOLD).length;
  if (short > length / 5)
    warnings.push(`${counted(short, "message")} below ${THRESHOLD} bytes go as they are: option threshold.`);
  const distinct = new Set(messages.map((message) => Buffer.from(message).toString("latin1"))).size;
  if (distinct < length / 2)
    warnings.push(`Only ${distinct} of ${length} messages are distinct: real traffic shrinks less.`);
  return warnings;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}
