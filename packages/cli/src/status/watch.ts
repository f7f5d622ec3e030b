/**
 * The live status: asks once a second and draws, until a key, a signal, or the end of the supervisor.
 */

import { setTimeout as delay } from "node:timers/promises";
import { CommandError } from "../command.ts";
import { type AdminClient, NobodyAnswers, type ShownStatus } from "./admin-client.ts";
import type { Screen } from "./screen.ts";
import { statusLines } from "./view.ts";

/** Milliseconds. */
const INTERVAL = 1_000;

const FOOT = "q: quit";

/** As terminals send them in raw mode: q, Q, Ctrl-C. */
const QUIT = ["q", "Q", "\x03"];

/**
 * Resolves to `"stopped"` if the supervisor ended while it was watched, `"left"` if the watcher did.
 *
 * @throws {CommandError} if the first question fails; later ones are asked again
 */
export async function watchStatus(
  client: Pick<AdminClient, "status">,
  screen: Screen,
  interruption: AbortSignal,
): Promise<"stopped" | "left"> {
  let status = await client.status();
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, interruption]);
  screen.open((key) => {
    if (QUIT.includes(key)) leaving.abort();
  });
  try {
    let problem = "";
    while (!signal.aborted) {
      screen.draw(fitted(status, problem, screen));
      await delay(INTERVAL, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      const next = await look(client);
      if (next instanceof NobodyAnswers && isEnding(status)) return "stopped";
      if (next instanceof CommandError) problem = next.message;
      else [status, problem] = [next, ""];
    }
    return "left";
  } finally {
    screen.close();
  }
}

async function look(client: Pick<AdminClient, "status">): Promise<ShownStatus | CommandError> {
  try {
    return await client.status();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

function isEnding({ state }: ShownStatus): boolean {
  return state === "stopping" || state === "stopped" || state === "failed";
}

/** The foot stands on the last line of a screen that is too low. */
function fitted(status: ShownStatus, problem: string, { rows }: Screen): string[] {
  const lines = [...statusLines(status, Date.now()), ...(problem === "" ? [] : ["", problem])];
  return [...lines.slice(0, Math.max(rows - 2, 1)), "", FOOT];
}
