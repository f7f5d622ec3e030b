/** A restart that goes on: a promise, and what settles it. */

export interface Restart {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

export function beginRestart(): Restart {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((...both) => {
    [resolve, reject] = both;
  });
  // Who called by a signal awaits nothing
  promise.catch(() => {});
  return { promise, resolve, reject };
}
