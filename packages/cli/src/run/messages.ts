/**
 * What the supervisor and its part of a worker's process say to each other: plain objects that survive JSON.
 *
 * The program may use the same channel: what has no mark of ours is left alone.
 */

import type { AddressInfo } from "node:net";
import type { MetricSnapshot } from "hawser/metrics";

/** What a worker is told in its environment, as JSON. */
export interface WorkerOrders {
  /** Its place, from 1. */
  readonly id: number;
  /** Milliseconds between signs of life. */
  readonly beat: number;
  readonly stopCode: number;
  /** Whether servers listen by themselves, on a shared port. */
  readonly reusesPort: boolean;
  /** Milliseconds; `null`: no limit. */
  readonly maxConnectionAge: number | null;
  /** Listening descriptors that the supervisor inherited: their names. */
  readonly descriptors: readonly (string | null)[];
}

/** The variable with {@link WorkerOrders}; it is removed before the program runs. */
export const ORDERS_VARIABLE = "HAWSER_WORKER";

/** The worker's number, for the program. */
export const ID_VARIABLE = "HAWSER_WORKER_ID";

/** Where a server wants to listen. */
export interface Place {
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  readonly mode?: number;
  readonly fd?: number;
  readonly backlog: number;
}

export type Address = AddressInfo | string | null;

/** `place` numbers the servers of a worker, from 1; `socket` the connections of a supervisor. */
export type FromWorker =
  | { readonly type: "hello" }
  | { readonly type: "ready" }
  | { readonly type: "beat"; readonly connections: number; readonly memory: number; readonly cpu: number }
  | { readonly type: "listen"; readonly place: number; readonly at: Place }
  /** `returns`: the worker ends, and whoever takes its place listens there again. */
  | { readonly type: "unlisten"; readonly place: number; readonly returns: boolean }
  | { readonly type: "taken"; readonly socket: number; readonly connections: number }
  | { readonly type: "declined"; readonly socket: number }
  | { readonly type: "drained" }
  /** `number`: that of the question; 0: unasked, the last one. */
  | { readonly type: "snapshot"; readonly number: number; readonly snapshot: MetricSnapshot };

export type FromSupervisor =
  | { readonly type: "listening"; readonly place: number; readonly address: Address }
  | { readonly type: "refused"; readonly place: number; readonly code: string | null; readonly message: string }
  | { readonly type: "connection"; readonly place: number; readonly socket: number }
  | { readonly type: "drain"; readonly window: number; readonly code: number }
  | { readonly type: "stop"; readonly code: number }
  | { readonly type: "collect"; readonly number: number };

/** Changes when one version could not understand the other; both come from the same package. */
const MARK = "hawserRun";

export function wrap(message: FromWorker | FromSupervisor): object {
  return { [MARK]: message };
}

export function unwrap<Message extends FromWorker | FromSupervisor>(wrapped: unknown): Message | undefined {
  if (typeof wrapped !== "object" || wrapped === null) return undefined;
  return (wrapped as { readonly [MARK]?: Message })[MARK];
}
