/** What clients see while their server is restarted: somebody sends it SIGTERM, the doctor holds a connection and watches. */

import { setTimeout as delay } from "node:timers/promises";
import type { Finding } from "../finding.ts";
import { untilClosed } from "./checks.ts";
import type { Route } from "./route.ts";

/** Milliseconds for which a new connection is tried for afterwards, and between two attempts. */
const RETURN = 30_000;
const ATTEMPT_INTERVAL = 250;

/** Milliseconds: what a client that comes back at once does not notice. */
const UNNOTICED = 1_000;

/** @param milliseconds for which somebody may take to restart the server */
export async function checkRestart(route: Route, milliseconds: number, signal: AbortSignal): Promise<Finding[]> {
  // With pings: it shall end by the restart, not by silence
  const ws = await route.open({ pingInterval: 20_000 });
  const lived = await untilClosed(ws, milliseconds, signal);
  if (lived === undefined) {
    const found = `nobody ended the connection within ${Math.round(milliseconds / 1_000)} s`;
    return [{ topic: "a restart", level: "note", found: `${found}: send the server SIGTERM while the doctor watches` }];
  }
  return [judgeEnd(ws.closeCode, ws.closeReason), await comingBack(route, signal)];
}

function judgeEnd(code: number | undefined, reason: string | undefined): Finding {
  const topic = "a restart";
  const found = `the client sees ${code} ${JSON.stringify(reason ?? "")}`;
  if (code === 1001 || code === 1012) return { topic, level: "ok", found };
  if (code !== 1006) {
    const advice = "Close with 1001 or 1012 at SIGTERM (shutdownOn): by these clients know that they shall come back.";
    return { topic, level: "warning", found, advice };
  }
  const advice =
    "The server was killed before it said goodbye, or the router cut the connection: shutdownOn(server), no shell between the process manager and Node, and a grace period (terminationGracePeriodSeconds, TimeoutStopSec, stop_grace_period) above notReady, drain window and closeTimeout.";
  return { topic, level: "problem", found: `${found}: nobody said goodbye`, advice };
}

async function comingBack(route: Route, signal: AbortSignal): Promise<Finding> {
  const topic = "after it";
  const start = performance.now();
  for (let failure = ""; ; ) {
    signal.throwIfAborted();
    const waited = performance.now() - start;
    try {
      await route.with((ws) => ws.ping());
      return backAfter(topic, waited, failure);
    } catch (error) {
      failure = (error as Error).message;
    }
    if (waited > RETURN) {
      const found = `no new connection for ${RETURN / 1_000} s: ${failure}`;
      return { topic, level: "problem", found, advice: "Look whether the server started again." };
    }
    await delay(ATTEMPT_INTERVAL, undefined, { signal });
  }
}

function backAfter(topic: string, waited: number, failure: string): Finding {
  const found = `a new connection after ${(waited / 1_000).toFixed(1)} s`;
  if (waited < UNNOTICED) return { topic, level: "ok", found };
  const advice =
    "Start the new process before the old one ends (rolling restart, maxUnavailable: 0), or keep the listening socket (hawser run, systemd's .socket).";
  return { topic, level: "warning", found: `${found}; meanwhile: ${failure}`, advice };
}
