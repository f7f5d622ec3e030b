/**
 * Transports that were written to outside of their own reading, to be flushed when the promise jobs of this turn are done.
 */

interface Flushable {
  flush(): void;
}

let waiting: Flushable[] = [];

/** Flushes `transport` at the end of this turn. To be called once a turn. */
export function flushLater(transport: Flushable): void {
  if (waiting.length === 0) process.nextTick(flushAll);
  waiting.push(transport);
}

function flushAll(): void {
  const transports = waiting;
  waiting = [];
  let flushed = 0;
  try {
    for (const transport of transports) {
      flushed++;
      transport.flush();
    }
  } finally {
    // A stream of the application's own may throw: that must not keep back those behind it
    if (flushed < transports.length) for (const transport of transports.slice(flushed)) flushLater(transport);
  }
}
