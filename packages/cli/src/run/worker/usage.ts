/** What this process uses. */

/** @returns tells the resident bytes; what was told last, where the system has no descriptor left to tell them by */
export function memoryMeter(): () => number {
  let last = 0;
  return () => {
    try {
      last = process.memoryUsage.rss();
    } catch {
      // EMFILE
    }
    return last;
  };
}

/** @returns tells the part of a core that was used since it was last called, 0 to 1 and a little more with threads */
export function cpuMeter(): () => number {
  let [usage, at] = [process.cpuUsage(), performance.now()];
  return () => {
    const [nextUsage, nextAt] = [process.cpuUsage(), performance.now()];
    const used = nextUsage.user + nextUsage.system - usage.user - usage.system;
    const share = nextAt > at ? used / 1_000 / (nextAt - at) : 0;
    [usage, at] = [nextUsage, nextAt];
    return Math.round(share * 1_000) / 1_000;
  };
}
