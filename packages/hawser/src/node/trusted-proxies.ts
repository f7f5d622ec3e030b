/**
 * Which proxies are believed when they say for whom they speak, and what follows from it for a request.
 */

import { BlockList, isIP } from "node:net";
import type { HttpHeaders } from "../handshake/http-headers.ts";
import { type ForwardedHop, readForwardedHops } from "./forwarded-headers.ts";
import { canonicalAddress } from "./ip-address.ts";
import type { Endpoints } from "./transport.ts";

/**
 * The option `trustProxy`: which peers may say, in `Forwarded` or `X-Forwarded-*` headers, for whom they speak.
 *
 * - `false`: none.
 * - `true`: all, and everyone whom they name: only where no client can reach the port by itself, and the outermost proxy removes
 *   what clients send.
 * - a number: so many proxies in a row, counted from this server.
 * - addresses, networks as `10.0.0.0/8`, and the names `loopback`, `linklocal` and `uniquelocal` (private networks), in a list or
 *   separated by commas.
 * - a function of a proxy's address. Only `true` lets it pass; where it throws it trusts nobody.
 *
 * The peer of a Unix socket has no address: `true` or a number trusts it.
 */
export type TrustProxyOption = boolean | number | string | readonly string[] | ((address: string) => boolean);

/** A resolved {@link TrustProxyOption}. Never throws. */
export interface ProxyTrust {
  /** Whether the peer (`hop` 0), or the one that so many trusted proxies lead to, is a trusted proxy. */
  trusts(address: string | undefined, hop: number): boolean;
}

/** Who a request comes from, as far as trusted proxies tell. */
export interface ForwardedEndpoints {
  readonly remoteAddress: string | undefined;
  /** `undefined` where the address is known from a proxy that does not tell the port. */
  readonly remotePort: number | undefined;
  /** Whether the client used TLS. */
  readonly isSecure: boolean;
  /** The host that the client asked for; `undefined` if no trusted proxy tells: then it is the request's own `Host`. */
  readonly host: string | undefined;
}

/**
 * Walks from the peer towards the client for as long as each one is trusted: what the first one who is not has written, and what
 * is malformed or not told, ends the way. Never throws.
 */
export function resolveForwarded(
  headers: HttpHeaders,
  { remoteAddress, remotePort, isSecure }: Endpoints,
  trust: ProxyTrust,
): ForwardedEndpoints {
  let found: ForwardedEndpoints = { remoteAddress, remotePort, isSecure, host: undefined };
  if (!trust.trusts(remoteAddress, 0)) return found;
  for (const [index, hop] of readForwardedHops(headers).entries()) {
    if (index > 0 && !trust.trusts(found.remoteAddress, index)) break;
    found = step(found, hop);
    if (hop.address === undefined) break;
  }
  return found;
}

function step(from: ForwardedEndpoints, hop: ForwardedHop): ForwardedEndpoints {
  const { isSecure = from.isSecure, host = from.host } = hop;
  if (hop.address === undefined) return { ...from, isSecure, host };
  return { remoteAddress: hop.address, remotePort: hop.port, isSecure, host };
}

// The option

const TRUSTS_NONE: ProxyTrust = { trusts: () => false };
const TRUSTS_ALL: ProxyTrust = { trusts: () => true };

/** As in RFC 3927, 4291, 1918 and 4193. */
const NETWORKS: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

/** @throws {TypeError | RangeError} for a value that is not allowed; `action` begins the message. */
export function resolveTrust(action: string, option: TrustProxyOption): ProxyTrust {
  if (option === false) return TRUSTS_NONE;
  if (option === true) return TRUSTS_ALL;
  if (typeof option === "number") return trustHops(action, option);
  if (typeof option === "function") return trustByFunction(option);
  if (typeof option === "string") return trustNetworks(action, option.split(","));
  if (Array.isArray(option)) return trustNetworks(action, option);
  throw new TypeError(
    `Cannot ${action}: trustProxy must be a boolean, a number of proxies, addresses or a function, got ${String(option)}`,
  );
}

function trustHops(action: string, count: number): ProxyTrust {
  if (Number.isInteger(count) && count >= 0) return { trusts: (_address, hop) => hop < count };
  throw new RangeError(`Cannot ${action}: trustProxy must be an integer of at least 0 if it is a number, got ${count}`);
}

function trustByFunction(isTrusted: (address: string) => boolean): ProxyTrust {
  return {
    trusts(address) {
      try {
        return address !== undefined && isTrusted(address) === true;
      } catch {
        return false;
      }
    },
  };
}

function trustNetworks(action: string, entries: readonly string[]): ProxyTrust {
  const networks = new BlockList();
  for (const entry of entries) {
    const name = typeof entry === "string" ? entry.trim() : String(entry);
    for (const network of NETWORKS.get(name) ?? [name]) addNetwork(action, networks, network);
  }
  return { trusts: (address) => address !== undefined && contains(networks, address) };
}

/** Link-local addresses come with their zone. */
function contains(networks: BlockList, text: string): boolean {
  const address = canonicalAddress(text.replace(/%.*$/, ""));
  return address !== undefined && networks.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

function addNetwork(action: string, networks: BlockList, network: string): void {
  const [, address = "", prefix] = /^([0-9A-Fa-f:.]+)(?:\/([0-9]{1,3}))?$/.exec(network) ?? [];
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  const length = prefix === undefined ? longest : Number(prefix);
  if (length < 0 || length > longest) {
    throw new TypeError(
      `Cannot ${action}: trustProxy must have addresses, networks such as "10.0.0.0/8", or ${[...NETWORKS.keys()].join(", ")}, got ${JSON.stringify(network)}`,
    );
  }
  networks.addSubnet(address, length, familyOf(address));
}
