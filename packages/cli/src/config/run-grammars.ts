/**
 * The values that only `hawser run` has: numbers of workers, ways to share connections, rules for scaling.
 */

import { isIPv6 } from "node:net";
import { formatDuration, parseDuration } from "../units.ts";
import { type Grammar, MAX_DELAY, parseWhole, patterned, type Reading } from "./grammar.ts";

/** `auto` is one for each processor. A fixed number has both ends alike. */
export interface WorkerRange {
  readonly least: number | "auto";
  readonly most: number | "auto";
}

/** More are a mistyped number, for which a machine would be busy until it has no memory left. */
export const MAX_WORKERS = 1_024;

export const workerRange: Grammar<WorkerRange> = {
  placeholder: "<n|auto|n..m>",
  expected: `a number from 1 to ${MAX_WORKERS}, auto, or a range such as 2..8 or 2..auto`,
  schema: {
    anyOf: [{ type: "integer", minimum: 1, maximum: MAX_WORKERS }, patterned("^(auto|\\d+|\\d+\\.\\.(\\d+|auto))$")],
  },
  read(raw) {
    const [first = "", second = first, ...more] = String(raw).split("..");
    const [least, most] = [countOf(first), countOf(second)];
    if (typeof raw === "boolean" || more.length > 0 || least === undefined || most === undefined) return undefined;
    if (least === "auto" && first !== second) return undefined;
    return least !== "auto" && most !== "auto" && least > most ? undefined : { value: { least, most } };
  },
  show: ({ least, most }) => (least === most ? String(least) : `${least}..${most}`),
};

function countOf(word: string): number | "auto" | undefined {
  if (word === "auto") return word;
  const count = parseWhole(word);
  return count !== undefined && count >= 1 && count <= MAX_WORKERS ? count : undefined;
}

export interface WorkerBounds {
  readonly least: number;
  readonly most: number;
  /** Whether a number was asked for, and no range. */
  readonly isFixed: boolean;
}

/** The range in numbers, on a machine with so many processors; never fewer than the least asked for. */
export function workerBounds({ least, most }: WorkerRange, processors: number): WorkerBounds {
  const first = least === "auto" ? processors : least;
  const last = most === "auto" ? Math.max(first, processors) : most;
  return { least: first, most: last, isFixed: least === most };
}

/** How connections reach the workers. */
export type Balance =
  | { readonly type: "round-robin" | "least-connections" | "reuse-port" }
  /** Each worker has a socket of its own: `%d` in the path is its number. */
  | { readonly type: "unix"; readonly pattern: string; readonly mode: number | undefined }
  /** Each worker has a port of its own, from this one on. */
  | { readonly type: "ports"; readonly first: number };

const BALANCES = ["round-robin", "least-connections", "reuse-port"] as const;

/** A path with `%d`, and perhaps the sockets' file mode in octal, for a router that runs as another user. */
const UNIX = "unix:([^?]*%d[^?]*)(?:\\?mode=([0-7]{3,4}))?";

export const balance: Grammar<Balance> = {
  placeholder: "<way>",
  expected: `${BALANCES.join(", ")}, unix:PATH with %d in it (and ?mode=666 behind it), or ports:FIRST`,
  schema: { anyOf: [{ enum: BALANCES }, patterned(`^${UNIX}$`), patterned("^ports:\\d+$")] },
  read(raw): Reading<Balance> {
    const type = BALANCES.find((one) => one === raw);
    if (type !== undefined) return { value: { type } };
    const [, pattern, mode] = new RegExp(`^${UNIX}$`).exec(String(raw)) ?? [];
    if (pattern !== undefined)
      return { value: { type: "unix", pattern, mode: mode === undefined ? mode : Number.parseInt(mode, 8) } };
    const first = portOf(/^ports:(.+)$/.exec(String(raw))?.[1] ?? "", 1);
    return first === undefined ? undefined : { value: { type: "ports", first } };
  },
  show(value) {
    if (value.type === "ports") return `ports:${value.first}`;
    if (value.type !== "unix") return value.type;
    return `unix:${value.pattern}${value.mode === undefined ? "" : `?mode=${value.mode.toString(8)}`}`;
  },
};

/** What a worker should have of: connections, or of one core (0 to 1). */
export interface ScaleRule {
  readonly kind: "connections" | "cpu";
  readonly target: number;
}

export const scaleRule: Grammar<ScaleRule> = {
  placeholder: "<figure=n>",
  expected: "connections=N (for each worker) or cpu=PERCENT (of a core, 1 to 100)",
  schema: patterned("^(connections=\\d[\\d_]*|cpu=\\d+%?)$"),
  read(raw) {
    const [, kind, digits = ""] = /^(connections|cpu)=(\d[\d_]*)%?$/.exec(String(raw)) ?? [];
    const number = parseWhole(digits);
    if (number === undefined || number < 1) return undefined;
    if (kind === "connections") return String(raw).endsWith("%") ? undefined : { value: { kind, target: number } };
    return kind === "cpu" && number <= 100 ? { value: { kind, target: number / 100 } } : undefined;
  },
  show: ({ kind, target }) => (kind === "cpu" ? `cpu=${Math.round(target * 100)}` : `connections=${target}`),
};

/** Milliseconds before a restart: the first, and the longest. */
export interface BackoffRange {
  readonly least: number;
  readonly most: number;
}

export const backoffRange: Grammar<BackoffRange> = {
  placeholder: "<first..longest>",
  expected: "two times such as 500..30000 or 500ms..30s, the shorter one first",
  schema: patterned("^[^.]+(\\.\\d+)?[a-z ]*\\.\\.[^.]+(\\.\\d+)?[a-z ]*$"),
  read(raw) {
    const parts = String(raw).split("..").map(parseDuration);
    const [least, most] = parts;
    if (parts.length !== 2 || least === undefined || most === undefined) return undefined;
    return least > most || most > MAX_DELAY ? undefined : { value: { least, most } };
  },
  show: ({ least, most }) => `${formatDuration(least)}..${formatDuration(most)}`,
};

/** A place to listen at, or to ask at. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = "127.0.0.1";

export const address: Grammar<Address> = {
  placeholder: "<host:port>",
  expected: "HOST:PORT or PORT, such as 127.0.0.1:9464 or [::1]:9464",
  schema: {
    anyOf: [{ type: "integer", minimum: 0, maximum: 65_535 }, patterned("^(([\\w.-]+|\\[[0-9A-Fa-f:.]+\\]):)?\\d+$")],
  },
  read(raw) {
    const [, outer, inner, digits = ""] = /^(?:([\w.-]+|\[([0-9A-Fa-f:.]+)\]):)?(\d+)$/.exec(String(raw)) ?? [];
    const port = portOf(digits, 0);
    if (typeof raw === "boolean" || port === undefined) return undefined;
    if (inner !== undefined && !isIPv6(inner)) return undefined;
    return { value: { host: inner ?? outer ?? LOOPBACK, port } };
  },
  show: ({ host, port }) => `${isIPv6(host) ? `[${host}]` : host}:${port}`,
};

function portOf(digits: string, least: number): number | undefined {
  const port = parseWhole(digits);
  return port !== undefined && port >= least && port <= 65_535 ? port : undefined;
}

/** Of those below 3000, what an endpoint may send (RFC 6455, section 7.4.1). */
const STATUS_CODES: readonly number[] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];

export const statusCode: Grammar<number> = {
  placeholder: "<code>",
  expected: "a close code that may be sent: 1000 to 1014 but 1004, 1005 and 1006, or 3000 to 4999",
  schema: { anyOf: [{ enum: STATUS_CODES }, { type: "integer", minimum: 3_000, maximum: 4_999 }] },
  read(raw) {
    const code = parseWhole(raw);
    const isRight = code !== undefined && (STATUS_CODES.includes(code) || (code >= 3_000 && code <= 4_999));
    return isRight ? { value: code } : undefined;
  },
  show: String,
};
