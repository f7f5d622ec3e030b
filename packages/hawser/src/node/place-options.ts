/**
 * Checks of the options of `serve()` that say where a server listens: each by itself, and that they belong together.
 */

import { quote } from "../handshake/errors.ts";
import { checkWord } from "./option-checks.ts";
import type { ServeOptions } from "./serve-options.ts";

type Options = ServeOptions<never>;

/** The options that name a place; only one of them can be given. */
const PLACES = ["port", "path", "fd", "server"] as const;

type Place = (typeof PLACES)[number];

/** Options that mean something in these places alone. A server is on a port by default. */
const BELONGS_TO = {
  host: ["port"],
  reusePort: ["port"],
  mode: ["path"],
  pathname: ["server"],
  backlog: ["port", "path", "fd"],
  tls: ["port", "path", "fd"],
  proxyProtocol: ["port", "path", "fd"],
} as const satisfies Partial<Record<keyof Options, readonly Place[]>>;

/** What to do instead, where there is something. */
const ADVICE: Partial<Record<keyof typeof BELONGS_TO, string>> = {
  pathname: "; answer 404 in processRequest instead",
  tls: "; TLS is a matter of the server that the option server names",
};

/** @throws {TypeError | RangeError} for a value that is not allowed, or options that exclude each other. */
export function checkPlace(options: Options): void {
  refuseContradictions(options);
  checkText("host", options.host);
  checkText("path", options.path);
  checkInteger("mode", options.mode, 0o777, "a file mode from 0 to 0o777");
  checkInteger("fd", options.fd, 2_147_483_647, "a file descriptor");
  checkServer(options.server);
  checkPathname(options.pathname);
  checkKind("reusePort", options.reusePort, "boolean", "a boolean");
  if (options.tls === null) throw invalid("tls", "options of node:tls", null);
  checkKind("tls", options.tls, "object", "options of node:tls");
  checkWord("serve", "proxyProtocol", options.proxyProtocol ?? "off", ["off", "optional", "required"]);
}

function refuseContradictions(options: Options): void {
  const [place = "port", ...others] = PLACES.filter((name) => options[name] !== undefined);
  if (others.length > 0) {
    throw new TypeError(
      `Cannot serve: a server listens in one place, got the options ${[place, ...others].join(" and ")}`,
    );
  }
  if (options.path !== undefined && options.tls !== undefined && (options.proxyProtocol ?? "off") !== "off") {
    throw new TypeError("Cannot serve: tls and proxyProtocol together need the option port, got path");
  }
  if (options.mode !== undefined && options.path?.startsWith?.("\0") === true) {
    throw new TypeError(
      `Cannot serve: an abstract socket has no mode, everyone may connect; got the mode ${options.mode}`,
    );
  }
  for (const [name, places] of Object.entries(BELONGS_TO) as [keyof typeof BELONGS_TO, readonly Place[]][]) {
    if (isUnset(options[name]) || places.includes(place)) continue;
    throw new TypeError(
      `Cannot serve: ${name} needs the option ${places.join(" or ")}, got ${place}${ADVICE[name] ?? ""}`,
    );
  }
}

/** `reusePort: false` asks for nothing. */
function isUnset(value: unknown): boolean {
  return value === undefined || value === false;
}

function checkText(name: "host" | "path", value: unknown): void {
  if (value === undefined || (typeof value === "string" && value !== "")) return;
  throw invalid(name, "a string that is not empty", value);
}

function checkInteger(name: "mode" | "fd", value: unknown, most: number, expected: string): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return;
  throw new RangeError(invalid(name, expected, value).message);
}

function checkServer(server: unknown): void {
  const { on, off, close } = (server ?? {}) as Record<string, unknown>;
  if (server === undefined || [on, off, close].every((method) => typeof method === "function")) return;
  throw invalid("server", "an HTTP server of Node's", server);
}

function checkPathname(pathname: unknown): void {
  if (pathname === undefined || (typeof pathname === "string" && /^\/[^?#]*$/.test(pathname))) return;
  throw invalid("pathname", 'a path that begins with "/", without a query', pathname);
}

function checkKind(name: "reusePort" | "tls", value: unknown, kind: string, expected: string): void {
  if (value === undefined || typeof value === kind) return;
  throw invalid(name, expected, value);
}

function invalid(name: string, expected: string, value: unknown): TypeError {
  const got = typeof value === "string" ? quote(value) : String(value);
  return new TypeError(`Cannot serve: ${name} must be ${expected}, got ${got}`);
}
