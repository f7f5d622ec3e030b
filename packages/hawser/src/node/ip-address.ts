/**
 * IP addresses as text in one form each, so that equal addresses are equal strings.
 */

import { isIPv4, isIPv6, SocketAddress } from "node:net";

const MAPPED = "::ffff:";

/**
 * The address as RFC 5952 writes it; an IPv4 address that is mapped into IPv6 (`::ffff:192.0.2.1`, as dual-stack sockets report
 * it) as the IPv4 address it is. `undefined` for anything else, such as an address with a zone.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  const mapped = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : "";
  return isIPv4(mapped) ? mapped : address;
}

/** The address of a socket. One that listens for both families sees IPv4 addresses mapped into IPv6: `::ffff:127.0.0.1` is 127.0.0.1. */
export function unmapped(address: string | undefined): string | undefined {
  return address?.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}

/** A port's number, written without leading zeros; `undefined` for anything else. */
export function parsePort(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,4})$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}
