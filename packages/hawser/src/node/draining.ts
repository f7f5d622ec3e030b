/**
 * Draining: the slow way to stop, for rolling restarts.
 */

import type { TextCodec } from "../bytes/text-codec.ts";
import { CloseCode } from "../protocol/close-code.ts";
import { checkClose } from "../protocol/close-frame.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { Clock } from "./clock.ts";
import type { ServerCore } from "./server-core.ts";
import { MAX_TIMER_DELAY } from "./timer-limits.ts";

export interface DrainOptions {
  /**
   * Milliseconds in which the server is not ready but still accepts, until routers have noticed.
   *
   * @default 5_000
   */
  readonly notReady?: number;
  /**
   * Milliseconds over which the open connections are closed, evenly.
   *
   * A thousand clients closed over 30 s come back as 33 handshakes a second; closed at once, as one herd.
   *
   * @default 30_000
   */
  readonly window?: number;
  /**
   * The close code that they get.
   *
   * @default 1012, "service restart": come back, elsewhere
   */
  readonly code?: number;
  /** At most 123 bytes. */
  readonly reason?: string;
}

export type DrainSettings = Required<DrainOptions>;

export const DrainDefaults = {
  /** A readiness probe every second that must fail three times, with some time to spare. */
  NOT_READY: 5_000,
  /** What Kubernetes' default grace period can be raised to without anybody objecting. */
  WINDOW: 30_000,
} as const;

const DRAIN_OPTIONS = ["notReady", "window", "code", "reason"] as const satisfies readonly (keyof DrainOptions)[];

/** @throws {TypeError | RangeError} for an unknown option or a value that is not allowed. */
export function resolveDrain(options: DrainOptions, text: TextCodec): DrainSettings {
  refuseUnknownOptions("Cannot drain", options, DRAIN_OPTIONS);
  const { notReady = DrainDefaults.NOT_READY, window = DrainDefaults.WINDOW } = options;
  const { code = CloseCode.SERVICE_RESTART, reason = "" } = options;
  checkClose(code, reason, text);
  for (const [name, value] of Object.entries({ notReady, window })) {
    if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) continue;
    throw new RangeError(`Cannot drain: ${name} must be a number of milliseconds, got ${String(value)}`);
  }
  return { notReady, window, code, reason };
}

/** Resolves when all connections are being closed, or once `stop` is aborted. */
export async function drainConnections<UserData>(
  core: ServerCore<UserData>,
  { notReady, window, code, reason }: DrainSettings,
  stop: AbortSignal,
): Promise<void> {
  const { clock } = core.wheel;
  await delay(clock, notReady, stop);
  if (stop.aborted) return;
  core.refuseHandshakes(Math.max(1, Math.ceil(window / 1000)));
  const connections = [...core.registry.connections];
  const start = clock.now();
  for (const [index, ws] of connections.entries()) {
    const due = start + (window * index) / connections.length;
    // Nobody waits for the turn of a client that has left
    if (ws.state !== "closed") await delay(clock, due - clock.now(), stop, ws.waitClosed());
    if (stop.aborted) return;
    void ws.close(code, reason);
  }
}

/** Resolves after so many milliseconds; before, once `stop` is aborted or `needless` resolves. */
function delay(clock: Clock, milliseconds: number, stop: AbortSignal, needless?: Promise<void>): Promise<void> {
  if (milliseconds <= 0 || stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const scheduled = clock.schedule(done, Math.min(milliseconds, MAX_TIMER_DELAY));
    stop.addEventListener("abort", done, { once: true });
    needless?.then(done);
    function done(): void {
      clock.cancel(scheduled);
      stop.removeEventListener("abort", done);
      resolve();
    }
  });
}
