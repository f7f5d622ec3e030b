/**
 * Which proxy the environment names for a URL. A function of the two and of nothing else.
 *
 * | URL    | the first that is set, in lower case before upper case |
 * |--------|--------------------------------------------------------|
 * | `wss:` | `wss_proxy`, `socks_proxy`, `https_proxy`              |
 * | `ws:`  | `ws_proxy`, `socks_proxy`, `https_proxy`, `http_proxy` |
 *
 * `no_proxy` is a list, separated by commas, of what is connected to directly: `*`, host names with their subdomains,
 * addresses, networks such as `10.0.0.0/8`; each but a network may have a port. This machine itself (`localhost`,
 * 127.0.0.0/8, `::1`) is never reached through a proxy of the environment: elsewhere, these names mean another machine.
 */

import { BlockList, isIP } from "node:net";
import { hostOf, portOf } from "./client-url.ts";
import { type ProxyAddress, parseProxyAddress } from "./proxy-address.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "wss:": ["wss_proxy", "socks_proxy", "https_proxy"],
  "ws:": ["ws_proxy", "socks_proxy", "https_proxy", "http_proxy"],
};

/** @throws {TypeError} if the variable's value is no proxy's URL. */
export function proxyFromEnvironment(url: URL, environment: Environment): ProxyAddress | undefined {
  const named = findVariable(VARIABLES[url.protocol] ?? [], environment);
  if (named === undefined || isLoopback(hostOf(url)) || isBypassed(url, environment)) return undefined;
  return parseProxyAddress(named.variable, withScheme(named.variable, named.value));
}

function findVariable(
  variables: readonly string[],
  environment: Environment,
): { readonly variable: string; readonly value: string } | undefined {
  for (const variable of variables) {
    const value = read(variable, environment);
    if (value !== "") return { variable, value };
  }
  return undefined;
}

/** A variable that is set and empty in lower case switches off the one in upper case. */
function read(variable: string, environment: Environment): string {
  return (environment[variable] ?? readUpperCase(variable, environment) ?? "").trim();
}

/** In a CGI script, `HTTP_PROXY` is the request header `Proxy`, which anybody can send. */
function readUpperCase(variable: string, environment: Environment): string | undefined {
  if (variable === "http_proxy" && environment["REQUEST_METHOD"] !== undefined) return undefined;
  return environment[variable.toUpperCase()];
}

/** `proxy.example:3128` is commonly taken for an HTTP proxy. */
function withScheme(variable: string, value: string): string {
  if (value.includes("://")) return value;
  return `${variable === "socks_proxy" ? "socks5h" : "http"}://${value}`;
}

function isLoopback(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "::1" ||
    (isIP(host) === 4 && host.startsWith("127."))
  );
}

function isBypassed(url: URL, environment: Environment): boolean {
  const host = hostOf(url);
  return read("no_proxy", environment)
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => entry === "*" || matches(entry.toLowerCase(), withoutDot(host), portOf(url)));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry.includes("/")) return isInNetwork(host, entry);
  const { name, port: wanted } = splitPort(entry);
  if (wanted !== undefined && wanted !== port) return false;
  if (isIP(host) !== 0) return isInNetwork(host, `${name}/${isIP(name) === 6 ? 128 : 32}`);
  const suffix = withoutDot(name.replace(/^\*?\.+/, ""));
  return suffix !== "" && (host === suffix || host.endsWith(`.${suffix}`));
}

/** An IPv6 address with a port has brackets. */
function splitPort(entry: string): { readonly name: string; readonly port: number | undefined } {
  const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(entry) ?? (isIP(entry) === 6 ? null : /^(.*):(\d+)$/.exec(entry));
  if (bracketed === null) return { name: entry, port: undefined };
  return { name: bracketed[1]!, port: bracketed[2] === undefined ? undefined : Number(bracketed[2]) };
}

function isInNetwork(host: string, network: string): boolean {
  const [address, prefix] = network.split("/") as [string, string];
  const family = isIP(address);
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.POSITIVE_INFINITY;
  if (family === 0 || family !== isIP(host) || length > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(address, length, type);
  return list.check(host, type);
}

function withoutDot(host: string): string {
  return host.endsWith(".") ? host.slice(0, -1) : host;
}
