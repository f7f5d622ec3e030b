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
  for (const transport of transports) transport.flush();
}
