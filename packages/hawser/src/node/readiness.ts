/**
 * What it takes for a server to want more connections.
 */

export interface Readiness {
  /** It neither drains nor closes. */
  readonly accepting: boolean;
  /** The backplane is connected, or `readyWithoutBackplane` allows for its being away. */
  readonly backplane: boolean;
  /** There are fewer connections than `maxConnections`. */
  readonly capacity: boolean;
}
