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
import type { Route } from "./route.ts";
import { checkTransport } from "./transport-checks.ts";

export interface ExamineOptions {
  /** Milliseconds for which a silent connection is watched; 0: not at all. */
  readonly idle: number;
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

export async function examine(route: Route, { idle, signal, onCheck }: ExamineOptions): Promise<Finding[]> {
  // It takes the longest, and needs nothing but time
  const ending = idle > 0 ? attempt("idle connections", checkIdle(route, idle, signal)) : Promise.resolve([]);
  const findings: Finding[] = [];
  for (const [what, check] of CHECKS) {
    onCheck(what);
    findings.push(...(await attempt(what, check(route))));
    signal.throwIfAborted();
  }
  if (idle > 0) onCheck(`an idle connection, for ${Math.round(idle / 1_000)} s`);
  findings.push(...(await ending));
  signal.throwIfAborted();
  return findings;
}

async function attempt(topic: string, check: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check;
  } catch (error) {
    if (!(error instanceof HawserError) && !isSystemError(error)) throw error;
    const advice = "Look at the router's log and the server's: the connection did not come about, or broke.";
    return [{ topic, level: "problem", found: (error as Error).message, advice }];
  }
}

function isSystemError(error: unknown): boolean {
  return typeof (error as { readonly code?: unknown } | null)?.code === "string";
}
