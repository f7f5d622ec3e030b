/**
 * Answers to the probes of orchestrators and load balancers, on the port of the WebSocket server itself, as a hook.
 */

import { quote } from "../handshake/errors.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { ProcessRequest } from "./request-hooks.ts";
import { respond } from "./respond.ts";

/** What readiness is asked of: a server. */
export interface ReadinessSource {
  readonly isReady: boolean;
}

/** The paths that are answered; `null`: this check does not exist. */
export interface HealthCheckPaths {
  /**
   * Always 200: the process runs. To be restarted upon.
   *
   * @default "/livez"
   */
  readonly livez?: string | null;
  /**
   * 200 while the server takes connections, 503 while it starts, drains and closes. To be routed by.
   *
   * @default "/readyz"
   */
  readonly readyz?: string | null;
  /**
   * The same as `readyz`, for those who know one check only.
   *
   * @default "/healthz"
   */
  readonly healthz?: string | null;
}

/** Seconds: within it a starting server is ready, and a draining one no longer asked. */
const RETRY_AFTER = "5";

const ACTION = "Cannot set up healthChecks";

/**
 * A `processRequest` that answers GET and HEAD of the three paths, and leaves everything else to the handshake.
 *
 * The hook exists before its server, so it takes a function as well. A server that is not there yet is not ready:
 *
 * ```ts
 * const server: Server = await serve(handler, { processRequest: healthChecks(() => server) });
 * ```
 *
 * (TypeScript wants the type to be written there.)
 *
 * @throws {TypeError} for what is no server, for unknown names, and for paths that are not distinct or do not begin with `/`.
 */
export function healthChecks(
  server: ReadinessSource | (() => ReadinessSource | undefined),
  paths: HealthCheckPaths = {},
): ProcessRequest {
  if (typeof server !== "function" && typeof server?.isReady !== "boolean") {
    throw new TypeError(`${ACTION}: server must be a server or a function that returns it, got ${String(server)}`);
  }
  const checks = resolvePaths(paths);
  const isReady = typeof server === "function" ? () => isReadyNow(server) : () => server.isReady;
  return ({ method, path }) => {
    if (method !== "GET" && method !== "HEAD") return undefined;
    const check = checks.get(withoutQuery(path));
    if (check === undefined) return undefined;
    return check === "livez" || isReady() === true ? answer(200, "ok\n") : answer(503, "not ready\n");
  };
}

function isReadyNow(server: () => ReadinessSource | undefined): boolean {
  try {
    return server()?.isReady === true;
  } catch {
    // In the example above: asked before `serve()` has resolved, `server` cannot be read yet
    return false;
  }
}

function answer(status: 200 | 503, text: string): Response {
  const headers: [string, string][] = [["Cache-Control", "no-store"]];
  if (status === 503) headers.push(["Retry-After", RETRY_AFTER]);
  return respond(status, text, headers);
}

function withoutQuery(path: string): string {
  const end = path.indexOf("?");
  return end < 0 ? path : path.slice(0, end);
}

type Check = keyof HealthCheckPaths;

const DEFAULT_PATHS: Readonly<Record<Check, string>> = { livez: "/livez", readyz: "/readyz", healthz: "/healthz" };

function resolvePaths(paths: HealthCheckPaths): Map<string, Check> {
  const names = Object.keys(DEFAULT_PATHS) as Check[];
  refuseUnknownOptions(ACTION, paths, names);
  const checks = new Map<string, Check>();
  for (const name of names) {
    const path = paths[name] === undefined ? DEFAULT_PATHS[name] : paths[name];
    if (path !== null) addPath(checks, name, path);
  }
  return checks;
}

function addPath(checks: Map<string, Check>, name: Check, path: string): void {
  if (typeof path !== "string" || !/^\/[!-~]*$/.test(path) || /[?#]/.test(path)) {
    throw new TypeError(
      `${ACTION}: ${name} must be a path such as "/${name}", without a query, got ${quote(String(path))}`,
    );
  }
  const other = checks.get(path);
  if (other !== undefined)
    throw new TypeError(`${ACTION}: ${other} and ${name} must be different paths, both are ${quote(path)}`);
  checks.set(path, name);
}
