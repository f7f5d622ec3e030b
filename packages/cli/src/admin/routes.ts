/**
 * What each path does. Knows the supervision, but no socket.
 */

import { mergeSnapshots, PROMETHEUS_CONTENT_TYPE, prometheusText } from "hawser/metrics";
import { MAX_WORKERS } from "../config/run-grammars.ts";
import type { Supervision } from "../run/supervision.ts";
import { type Answer, errorAnswer, jsonAnswer } from "./answer.ts";
import type { Access } from "./guard.ts";
import { livezAnswer, readyzAnswer } from "./probes.ts";
import type { ProcessMetrics } from "./process-metrics.ts";
import { supervisorMetrics } from "./supervisor-metrics.ts";

export interface AdminRequest {
  readonly query: URLSearchParams;
  /** As sent; empty without one. */
  readonly body: string;
}

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly access: Access;
  readonly answer: (request: AdminRequest) => Answer | Promise<Answer>;
}

export interface RoutesOptions {
  /** What the service is called. */
  readonly name: string | undefined;
  /** Ends all processes at once: `POST /stop` with `{"now": true}`. */
  readonly kill: () => void;
  readonly processMetrics: ProcessMetrics;
}

export function adminRoutes(supervision: Supervision, { name, kill, processMetrics }: RoutesOptions): readonly Route[] {
  const ready = ({ query }: AdminRequest) => readyzAnswer(supervision.status(), query.has("verbose"));
  const live = ({ query }: AdminRequest) => livezAnswer(supervision.status(), query.has("verbose"));
  return [
    { method: "GET", path: "/livez", access: "probe", answer: live },
    { method: "GET", path: "/readyz", access: "probe", answer: ready },
    { method: "GET", path: "/healthz", access: "probe", answer: ready },
    { method: "GET", path: "/metrics", access: "read", answer: () => metricsAnswer(supervision, processMetrics, name) },
    {
      method: "GET",
      path: "/status",
      access: "read",
      answer: () => jsonAnswer(200, { name, ...supervision.status() }),
    },
    { method: "POST", path: "/stop", access: "change", answer: ({ body }) => stopAnswer(supervision, kill, body) },
    { method: "POST", path: "/restart", access: "change", answer: ({ query }) => restartAnswer(supervision, query) },
    { method: "POST", path: "/workers", access: "change", answer: ({ body }) => workersAnswer(supervision, body) },
  ];
}

async function metricsAnswer(
  supervision: Supervision,
  processMetrics: ProcessMetrics,
  name: string | undefined,
): Promise<Answer> {
  const workers = await supervision.metrics();
  const own = supervisorMetrics(supervision.status(), Date.now(), name);
  const body = prometheusText(mergeSnapshots([{ snapshot: own }, processMetrics.take(), ...workers]));
  return { status: 200, type: PROMETHEUS_CONTENT_TYPE, body };
}

/** Is answered before anything ends, since the endpoint ends as well. */
function stopAnswer(supervision: Supervision, kill: () => void, body: string): Answer {
  const wish = parsedBody(body);
  const now = wish === undefined ? undefined : (wish["now"] ?? false);
  if (typeof now !== "boolean") return errorAnswer(400, 'The body must be empty or {"now": true}.');
  const end = now ? kill : () => supervision.stop();
  setImmediate(() => void attempt(end));
  return jsonAnswer(202, { state: "stopping" });
}

/** With `?wait` the answer comes when all workers are replaced, or when that failed. */
async function restartAnswer(supervision: Supervision, query: URLSearchParams): Promise<Answer> {
  const restarted = supervision.restart().then(
    () => jsonAnswer(200, { state: supervision.status().state }),
    (error: unknown) => errorAnswer(409, `${error instanceof Error ? error.message : String(error)}.`),
  );
  return query.has("wait") ? restarted : jsonAnswer(202, { state: "restarting" });
}

function workersAnswer(supervision: Supervision, body: string): Answer {
  const target = parsedBody(body)?.["target"];
  if (typeof target !== "number" || !Number.isInteger(target) || target < 1 || target > MAX_WORKERS) {
    return errorAnswer(400, `The body must be {"target": N}, with a whole number from 1 to ${MAX_WORKERS}.`);
  }
  const before = supervision.status().target;
  supervision.setTarget(target);
  const after = supervision.status().target;
  if (after === target) return jsonAnswer(200, { before, target });
  return errorAnswer(409, `There will be ${after} workers, not ${target}: --workers is the limit.`);
}

/** An empty body is an empty object; `undefined` is none at all. */
function parsedBody(body: string): Readonly<Record<string, unknown>> | undefined {
  if (body.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Who waits for the end sees in the supervisor's log what went wrong. */
async function attempt(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch {
    // It was not asked for an answer
  }
}
