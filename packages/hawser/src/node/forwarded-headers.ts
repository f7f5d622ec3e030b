/**
 * What proxies say in headers of the requests that they pass on: `Forwarded` (RFC 7239), and `X-Forwarded-For`, `-Proto` and
 * `-Host`, which are older and in wider use.
 *
 * Reads what is said, in time linear in its length. Whether it may be believed is `trusted-proxies.ts`'s question.
 */

import type { HttpHeaders } from "../handshake/http-headers.ts";
import { isValidHost } from "../handshake/http-request.ts";
import { skipWhitespace, tokenEnd } from "../handshake/token.ts";
import { canonicalAddress, parsePort } from "./ip-address.ts";

/** What one proxy says of the request that it received. Everything malformed is `undefined`, and so is what it does not say. */
export interface ForwardedHop {
  /** From where; `undefined` also for `unknown` and obfuscated identifiers. */
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** Whether by TLS. */
  readonly isSecure: boolean | undefined;
  /** For which host. */
  readonly host: string | undefined;
}

/** Proxies in a row. More than any route has; who sends more has made them up. */
const MAX_HOPS = 32;

/**
 * The hops, the nearest proxy's first.
 *
 * Most proxies write one of the two kinds and pass the other on as their client sent it. Where both kinds are there, only what
 * both say counts: else any client could add the kind that its proxy does not know, and be whoever it likes.
 */
export function readForwardedHops(headers: HttpHeaders): ForwardedHop[] {
  const forwarded = headers.getAll("Forwarded");
  const xForwarded = readXForwarded(headers);
  if (forwarded.length === 0) return xForwarded;
  const hops = readForwarded(forwarded);
  return xForwarded.length === 0 ? hops : agreedHops(hops, xForwarded);
}

function agreedHops(a: readonly ForwardedHop[], b: readonly ForwardedHop[]): ForwardedHop[] {
  return a.slice(0, b.length).map((hop, index) => ({
    address: agreed(hop.address, b[index]!.address),
    port: agreed(hop.port, b[index]!.port),
    isSecure: agreed(hop.isSecure, b[index]!.isSecure),
    host: agreed(hop.host, b[index]!.host),
  }));
}

function agreed<Value>(a: Value | undefined, b: Value | undefined): Value | undefined {
  return a === b ? a : undefined;
}

// X-Forwarded-*

/** Proxies append to -For, and most of them replace -Proto and -Host: the last one there stands for all proxies behind it. */
function readXForwarded(headers: HttpHeaders): ForwardedHop[] {
  const nodes = lastElements(headers, "X-Forwarded-For");
  const protocols = lastElements(headers, "X-Forwarded-Proto");
  const hosts = lastElements(headers, "X-Forwarded-Host");
  const isOther = protocols.length + hosts.length > 0;
  const length = Math.max(nodes.length, isOther ? 1 : 0);
  return Array.from({ length }, (_, index) =>
    hopOf(nodes[index], protocols[Math.min(index, protocols.length - 1)], hosts[Math.min(index, hosts.length - 1)]),
  );
}

/** The elements of a list, the last one first. */
function lastElements(headers: HttpHeaders, name: string): string[] {
  const list = headers.get(name);
  if (list === undefined) return [];
  const elements: string[] = [];
  for (let end = list.length; end >= 0 && elements.length < MAX_HOPS; ) {
    const comma = end === 0 ? -1 : list.lastIndexOf(",", end - 1);
    elements.push(list.slice(comma + 1, end).trim());
    end = comma;
  }
  return elements;
}

function hopOf(node: string | undefined, protocol: string | undefined, host: string | undefined): ForwardedHop {
  return { ...parseNode(node ?? ""), isSecure: parseProtocol(protocol), host: parseHost(host) };
}

const NOWHERE = { address: undefined, port: undefined } as const;

/** `[address]:port`: IPv6. */
const BRACKETED = /^\[([0-9A-Fa-f:.]+)\](?::([0-9]{1,5}))?$/;

/** `address:port`: IPv4; an IPv6 address has more colons. */
const WITH_PORT = /^([0-9.]+):([0-9]{1,5})$/;

/** RFC 7239, section 6; IPv6 addresses without brackets too, as `X-Forwarded-For` has them. */
function parseNode(node: string): { address: string | undefined; port: number | undefined } {
  const [, host = node, port] = BRACKETED.exec(node) ?? WITH_PORT.exec(node) ?? [];
  const address = canonicalAddress(host);
  return address === undefined ? NOWHERE : { address, port: port === undefined ? undefined : parsePort(port) };
}

function parseProtocol(protocol: string | undefined): boolean | undefined {
  switch (protocol?.toLowerCase()) {
    case "https":
    case "wss":
      return true;
    case "http":
    case "ws":
      return false;
    default:
      return undefined;
  }
}

function parseHost(host: string | undefined): string | undefined {
  return host !== undefined && isValidHost(host) ? host : undefined;
}

// Forwarded

/** Each line by itself, from the last: a malformed one hides those that came before it. */
function readForwarded(lines: readonly string[]): ForwardedHop[] {
  const hops: ForwardedHop[] = [];
  for (let i = lines.length - 1; i >= 0 && hops.length < MAX_HOPS; i--) {
    const elements = parseElements(lines[i]!);
    if (elements === undefined) break;
    for (const element of elements.reverse()) {
      hops.push(hopOf(element.get("for"), element.get("proto"), element.get("host")));
    }
  }
  return hops.slice(0, MAX_HOPS);
}

type ForwardedElement = Map<string, string>;

/**
 * RFC 7239, section 4: `forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )`, as a list. Whitespace around
 * separators is let pass, and values that would have to be quoted.
 */
function parseElements(line: string): ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [];
  let element: ForwardedElement = new Map();
  let index = 0;
  for (;;) {
    index = takePair(line, skipWhitespace(line, index), element);
    if (index < 0) return undefined;
    const separator = line[index++];
    if (separator === ";") continue;
    if (element.size > 0) elements.push(element);
    if (separator === undefined) return elements;
    element = new Map();
  }
}

/** Takes a pair, or none, into `element`. Returns where the separator behind it is, -1 if there is something else. */
function takePair(line: string, start: number, element: ForwardedElement): number {
  const nameEnd = tokenEnd(line, start);
  if (nameEnd === start) return separatorAt(line, start);
  if (line[nameEnd] !== "=") return -1;
  const name = line.slice(start, nameEnd).toLowerCase();
  const valueEnd = endOfValue(line, nameEnd + 1);
  // RFC 7239 4: "Each parameter MUST NOT occur more than once per field-value."
  if (valueEnd < 0 || element.has(name)) return -1;
  element.set(name, unquoted(line.slice(nameEnd + 1, valueEnd)));
  return separatorAt(line, valueEnd);
}

function separatorAt(line: string, index: number): number {
  const at = skipWhitespace(line, index);
  return at >= line.length || line[at] === "," || line[at] === ";" ? at : -1;
}

/** Behind the closing quote, or before the separator; -1 if there is no value. */
function endOfValue(line: string, start: number): number {
  if (line[start] !== '"') {
    let end = start;
    while (end < line.length && !'",; \t'.includes(line[end]!)) end++;
    return end > start ? end : -1;
  }
  let end = start + 1;
  while (end < line.length && line[end] !== '"') end += line[end] === "\\" ? 2 : 1;
  return end < line.length ? end + 1 : -1;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
}
