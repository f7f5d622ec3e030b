/**
 * Measures every setting: on one connection, on many in turn, and in a real server process.
 */

import { measureServers } from "./measure-servers.ts";
import { measureTimes } from "./measure-times.ts";
import type { Plan } from "./result.ts";
import { BASE_LEVEL, SETTINGS } from "./settings.ts";
import type { Corpus } from "./sources/corpus.ts";
import type { CellSamples, RowSamples } from "./tables.ts";
import type { Workplace } from "./workplace.ts";

export interface Measurements {
  readonly grid: readonly CellSamples[];
  readonly rows: readonly RowSamples[];
}

/** Throws `Interrupted` when interrupted; no process is left behind, whatever happens. */
export async function measure(corpus: Corpus, plan: Plan, workplace: Workplace): Promise<Measurements> {
  const { grid, alone, many } = await measureTimes(corpus, plan, workplace);
  const servers = await measureServers(corpus, plan, workplace);
  const rows = SETTINGS.map((setting) => {
    const cell = grid.find((one) => one.windowBits === setting.windowBits && one.level === BASE_LEVEL);
    const pass = setting.takeover ? cell : setting.compression === false ? undefined : alone;
    return { setting, pass, roundRobin: many.get(setting), server: servers.get(setting)! };
  });
  return { grid, rows };
}
