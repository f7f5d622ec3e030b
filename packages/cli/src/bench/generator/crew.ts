/** What an activity works with: the clients of a thread, and where they are counted. */

import type { ThreadLoad } from "../load.ts";
import type { Client } from "./client.ts";
import { now } from "./clock.ts";
import type { Open } from "./opening.ts";
import type { Payload } from "./payloads.ts";
import type { Tally } from "./tally.ts";
import { untilDone } from "./waiting.ts";

export interface Crew {
  readonly load: ThreadLoad;
  /** In the order of the schedule. */
  readonly clients: Client[];
  readonly payloads: readonly Payload[];
  readonly tally: Tally;
  readonly open: Open;
}

/** A stretch of time in which messages are sent. */
export interface Stretch {
  /** On the clock of the threads (ms). */
  readonly begin: number;
  readonly end: number;
  readonly rate: number | null;
  /** Clients of all threads. */
  readonly clients: number;
}

/** What the clients of one mode do. */
export interface Activity {
  /** Each message that comes for a client. */
  receive(client: Client, content: string | Uint8Array): void;
  /** Sends from `begin` to `end`, and resolves when the answers are there or overdue. */
  run(stretch: Stretch): Promise<void>;
  /** What is there besides the clients. */
  begin?(): Promise<void>;
  close?(): Promise<void>;
}

/** Clients that wait too long are given up. */
export function giveUpOverdue(clients: Iterable<Client>, timeout: number): void {
  const overdue = now() - timeout;
  for (const client of clients) {
    const first = client.unanswered.first ?? client.held.first;
    if (first !== undefined && first < overdue) client.giveUp(overdueText(timeout));
  }
}

/** Resolves when no client waits for an answer; those that wait too long are given up. */
export async function untilAnswered(clients: readonly Client[], timeout: number): Promise<void> {
  const isAnswered = () => clients.every(({ unanswered }) => unanswered.length === 0);
  if (await untilDone(isAnswered, now() + timeout)) return;
  for (const client of clients) if (client.unanswered.length > 0) client.giveUp(overdueText(timeout));
}

function overdueText(timeout: number): string {
  return `no answer within ${timeout / 1_000} s`;
}
