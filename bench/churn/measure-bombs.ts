/** What messages cost that inflate to far more than `maxSize`. */
import { onServerStage } from "../measuring/stage.ts";
import type { Peer } from "../peers/catalogue.ts";
import type { Pinning } from "../processes/pinning.ts";

/** What each would inflate to (MB). */
export const BOMB_MEGABYTES = 300;

/** Bombs that compile the code and are not counted. */
const WARM_UP = 3;

const MICROSECONDS = 1e3;

export interface Bombed {
  readonly bombs: number;
  /** The server's CPU time for each, with its connection, handshake and the bytes' way through the kernel (ms). */
  readonly cpu: number;
  /** On the clock, from connecting to the Close frame (ms). */
  readonly elapsed: number;
  /** How much more the process holds after all of them (bytes). */
  readonly growth: number;
  /** How much the most that the process ever had rose meanwhile (bytes). */
  readonly peakGrowth: number;
}

/** Rejects unless each is answered with 1009, and none reaches the application. */
export function measureBombs(peer: Peer, bombs: number, pinning: Pinning): Promise<Bombed> {
  const settings = { application: "ingest", compression: true, pinning } as const;
  return onServerStage(peer, settings, async ({ port, subject, load }) => {
    await load.open({ kind: "bomb", port, megabytes: BOMB_MEGABYTES });
    await load.exchange(WARM_UP);
    const held = await subject.memory();
    const peak = await subject.highestMemory();
    const before = await subject.sample();
    const startedAt = performance.now();
    await load.exchange(bombs);
    const elapsed = performance.now() - startedAt;
    const after = await subject.sample();
    if (after.messages > 0) throw new Error(`${after.messages} bombs reached the application`);
    return {
      bombs,
      cpu: (after.cpu - before.cpu) / bombs / MICROSECONDS,
      elapsed: elapsed / bombs,
      peakGrowth: (await subject.highestMemory()) - peak,
      growth: (await subject.memory()).rss - held.rss,
    };
  });
}
