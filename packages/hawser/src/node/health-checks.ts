/**
 * Answers to the probes of orchestrators and load balancers, on the port of the WebSocket server itself, as a hook.
 */

import { quote } from "../handshake/errors.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { Readiness } from "./readiness.ts";
import type { ProcessRequest } from "./request-hooks.ts";
import { respond } from "./respond.ts";

/** What readiness is asked of: a server. */
export interface ReadinessSource {
  readonly isReady: boolean;
  /** What it consists of. Where there is no `capacity`, probes say that it is not ready. */
  readonly readiness?: Readiness;
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
   * 200 while the server takes connections, 503 while it starts, drains, closes or is full. To be routed by.
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
 * A `processRequest` that answers GET and HEAD of the three paths, and leaves everything else to the handshake. With `?verbose` the
 * answer says what was looked at, a line for each.
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
  const source = typeof server === "function" ? server : () => server;
  return ({ method, path }) => {
    if (method !== "GET" && method !== "HEAD") return undefined;
    const [asked = "", query] = path.split("?", 2);
    const check = checks.get(asked);
    if (check === undefined) return undefined;
    const looked = check === "livez" ? ALIVE : readinessNow(source);
    const isGood = looked.every(([, isMet]) => isMet);
    const details = isVerbose(query) ? looked.map(([what, isMet]) => `[${isMet ? "+" : "-"}] ${what}\n`).join("") : "";
    return isGood ? answer(200, `${details}ok\n`) : answer(503, `${details}not ready\n`);
  };
}

/** What was looked at, and whether it is as it should be. */
type Looked = readonly (readonly [what: string, isMet: boolean])[];

/** Whoever answers lives. */
const ALIVE: Looked = [["event loop", true]];

function readinessNow(source: () => ReadinessSource | undefined): Looked {
  try {
    const server = source();
    if (server === undefined) return [["started", false]];
    const { isReady, readiness } = server;
    if (readiness === undefined) return [["ready", isReady === true]];
    const { accepting, backplane, capacity } = readiness;
    // What an application has put in the server's place may say no for reasons of its own
    const isReadyBesides = isReady === true || !accepting || !backplane;
    return [
      ["accepting", accepting],
      ["backplane", backplane],
      ["capacity", capacity],
      ...(isReadyBesides ? [] : [["ready", false] as const]),
    ];
  } catch {
    // In the example above: asked before `serve()` has resolved, `server` cannot be read yet
    return [["started", false]];
  }
}

/** `?verbose`, as Kubernetes' own probes have it. */
function isVerbose(query: string | undefined): boolean {
  const words = query?.split("&") ?? [];
  return words.some((word) => word === "verbose" || word.startsWith("verbose="));
}

function answer(status: 200 | 503, text: string): Response {
  const headers: [string, string][] = [["Cache-Control", "no-store"]];
  if (status === 503) headers.push(["Retry-After", RETRY_AFTER]);
  return respond(status, text, headers);
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
