/** All that is examined of a route. One check that fails is a finding, and the others go on. */

import { HawserError } from "hawser";
import type { Finding } from "../finding.ts";
import { checkArrival } from "./arrival-checks.ts";
import {
  checkCloseCodes,
  checkCompression,
  checkHeaders,
  checkIdle,
  checkLatency,
  checkOrigins,
  checkSizes,
  type RouteCheck,
} from "./checks.ts";
import { RouteFault } from "./patience.ts";
import { checkRestart } from "./restart-check.ts";
import type { Route } from "./route.ts";
import { checkTransport } from "./transport-checks.ts";

export interface ExamineOptions {
  /** Milliseconds for which a silent connection is watched; 0: not at all. */
  readonly idle: number;
  /** Milliseconds for which a connection is watched while somebody restarts the server; 0: not at all. */
  readonly restart: number;
  readonly signal: AbortSignal;
  readonly onCheck: (what: string) => void;
}

const CHECKS: readonly (readonly [what: string, check: RouteCheck])[] = [
  ["the transport", ({ url }) => checkTransport(url, Date.now())],
  ["reaching it", checkLatency],
  ["what arrives", checkArrival],
  ["origins", checkOrigins],
  ["compression", checkCompression],
  ["headers", checkHeaders],
  ["large messages", checkSizes],
  ["close codes", checkCloseCodes],
];

export async function examine(route: Route, options: ExamineOptions): Promise<Finding[]> {
  const { idle, restart, signal, onCheck } = options;
  // It takes the longest, and needs nothing but time
  const ending = idle > 0 ? attempt("idle connections", checkIdle(route, idle, signal)) : Promise.resolve([]);
  // Looked at below; an interruption may end this function before
  ending.catch(() => {});
  const findings: Finding[] = [];
  for (const [what, check] of CHECKS) {
    onCheck(what);
    findings.push(...(await attempt(what, check(route))));
    signal.throwIfAborted();
  }
  if (idle > 0) onCheck(`an idle connection, for ${seconds(idle)} s`);
  findings.push(...(await ending));
  signal.throwIfAborted();
  if (restart > 0) {
    onCheck(`a restart: send the server SIGTERM within ${seconds(restart)} s`);
    findings.push(...(await attempt("a restart", checkRestart(route, restart, signal))));
    signal.throwIfAborted();
  }
  return findings;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1_000);
}

async function attempt(topic: string, check: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check;
  } catch (error) {
    if (!isOfTheRoute(error)) throw error;
    const advice = "Look at the router's log and the server's: the connection did not come about, or broke.";
    return [{ topic, level: "problem", found: (error as Error).message, advice }];
  }
}

/** Anything else is a bug of ours, or an interruption. */
function isOfTheRoute(error: unknown): boolean {
  return error instanceof HawserError || error instanceof RouteFault || isSystemError(error);
}

function isSystemError(error: unknown): boolean {
  return typeof (error as { readonly code?: unknown } | null)?.code === "string";
}
