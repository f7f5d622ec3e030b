/**
 * How a deployment is spread over machines, and what `hawser run` is told there. Pure.
 */

import { formatDuration } from "../units.ts";
import type { Deployment } from "./deployment.ts";

const MIB = 2 ** 20;

/** Two, so that one may go away; ten is a bill that nobody forgets. */
const AUTO_FLEET = { min: 2, max: 10 } as const;

export interface Fleet {
  readonly min: number;
  readonly max: number;
  /** The number follows the load. */
  readonly isElastic: boolean;
}

/** Replicas where a machine or pod runs one worker: `workers` is how many of them. */
export function fleetOf({ workers }: Deployment): Fleet {
  if (workers === "auto") return { ...AUTO_FLEET, isElastic: true };
  if (typeof workers === "number") return { min: workers, max: workers, isElastic: false };
  return { ...workers, isElastic: workers.max > workers.min };
}

/** Machines that run `each` workers: never one alone, unless one worker is all there is. */
export function machinesOf(deployment: Deployment, each: number): Fleet {
  const { min, max } = fleetOf(deployment);
  const least = Math.max(Math.min(2, min), Math.ceil(min / each));
  const most = Math.max(least, Math.ceil(max / each));
  return { min: least, max: most, isElastic: most > least };
}

/** Bytes as whole MiB, upwards. */
export function mebibytes(bytes: number): number {
  return Math.ceil(bytes / MIB);
}

/** Milliseconds between a worker's end by SIGKILL and the platform's own. */
const KILL_MARGIN = 2_000;

/** What the supervisor itself holds. */
export const SUPERVISOR_MEMORY: number = 96 * MIB;

/** Times of stopping; a platform may allow less than the deployment asks for. */
export interface Stopping {
  readonly notReady: number;
  readonly drainWindow: number;
  readonly closeTimeout: number;
}

/** How long it takes from SIGTERM to the last worker's end. */
export function stopTime({ notReady, drainWindow, closeTimeout }: Stopping): number {
  return notReady + drainWindow + closeTimeout + KILL_MARGIN;
}

/**
 * The same within `limit`, by a shorter window, and if that is not enough by a shorter `notReady`.
 *
 * @param limit ms from SIGTERM to the platform's SIGKILL
 */
export function stoppingWithin({ notReady, drainWindow, closeTimeout }: Stopping, limit: number): Stopping {
  const left = Math.max(0, limit - closeTimeout - KILL_MARGIN);
  const shortNotReady = Math.min(notReady, left);
  return { notReady: shortNotReady, drainWindow: Math.min(drainWindow, left - shortNotReady), closeTimeout };
}

/** The variables of `hawser run`, and the one that the program itself reads. */
export function runEnvironment(
  deployment: Deployment,
  { workers, stopping = deployment }: { readonly workers: string; readonly stopping?: Stopping },
): Readonly<Record<string, string>> {
  return {
    NODE_ENV: "production",
    PORT: String(deployment.port),
    HAWSER_WORKERS: workers,
    HAWSER_ADMIN: `0.0.0.0:${deployment.adminPort}`,
    HAWSER_NOT_READY: formatDuration(stopping.notReady),
    HAWSER_DRAIN_WINDOW: formatDuration(stopping.drainWindow),
    HAWSER_GRACE: formatDuration(stopping.drainWindow + stopping.closeTimeout + KILL_MARGIN / 2),
    HAWSER_MEMORY_LIMIT: `${mebibytes(deployment.memory)}M`,
  };
}

/** `workers` as the option of `hawser run` wants it. */
export function workersText({ workers }: Deployment): string {
  return typeof workers === "object" ? `${workers.min}..${workers.max}` : String(workers);
}

/** Old space of V8, in MiB: three quarters; the rest is buffers, code and stacks. */
export function heapOption({ memory }: Deployment): string {
  return `--max-old-space-size=${Math.floor((memory / MIB) * 0.75)}`;
}

/** The variable in which the program finds its engine, and what stands there in a network that knows the name `host`. */
export function engineVariable(engine: Deployment["engine"], host: string): Readonly<Record<string, string>> {
  if (engine === "redis") return { REDIS_URL: `redis://${host}:6379` };
  return engine === "nats" ? { NATS_URL: `nats://${host}:4222` } : {};
}
