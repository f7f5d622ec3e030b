/**
 * Connects through a SOCKS proxy, by the package `socks`, which whoever uses such a proxy installs.
 */

import { lookup as lookupByDns } from "node:dns";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { SocksClientOptions } from "socks";
import { authorityOf, type Destination, reach } from "./dial.ts";
import { HandshakeError } from "./errors.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { unlessAborted } from "./stream-events.ts";
import { MAX_TIMER_DELAY } from "./timer-limits.ts";

export interface SocksDialSettings {
  readonly lookup: LookupFunction | undefined;
  readonly openTimeout: number;
}

/** The one thing of the package that is used. */
export interface SocksPackage {
  readonly SocksClient: { createConnection(options: SocksClientOptions): Promise<{ readonly socket: Socket }> };
}

/** Loads the package at its first use. */
export async function loadSocks(
  importSocks: () => Promise<SocksPackage> = () => import("socks"),
): Promise<SocksPackage> {
  try {
    return await importSocks();
  } catch (error) {
    const text = "Cannot connect through a SOCKS proxy without the package socks: npm install socks";
    throw new HandshakeError("PROXY_FAILED", text, { cause: error });
  }
}

/** `socket` is connected to the proxy, and comes back connected to the destination; if that fails, it is destroyed. */
export async function dialThroughSocks(
  socket: Socket,
  proxy: ProxyAddress,
  destination: Destination,
  settings: SocksDialSettings,
  signal: AbortSignal,
): Promise<Socket> {
  try {
    const target = await reach(authorityOf(destination), signal, () =>
      unlessAborted(signal, targetFor(proxy, destination, settings.lookup)),
    );
    const socks = await loadSocks();
    const request = socksRequest(socket, proxy, target, settings.openTimeout);
    await unlessAborted(signal, socks.SocksClient.createConnection(request));
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    if (error instanceof HandshakeError || error instanceof TypeError) throw error;
    const { message } = error as Error;
    throw new HandshakeError("PROXY_FAILED", `The proxy ${proxy.label} did not connect: ${message}`, { cause: error });
  }
}

function socksRequest(
  socket: Socket,
  { scheme, host, port, username, password }: ProxyAddress,
  destination: Destination,
  openTimeout: number,
): SocksClientOptions {
  const type = isVersion4(scheme) ? 4 : 5;
  return {
    command: "connect",
    destination,
    proxy: { host, port, type, ...(username !== "" && { userId: username }), ...(password !== "" && { password }) },
    existing_socket: socket,
    timeout: Math.min(openTimeout, MAX_TIMER_DELAY),
  };
}

/** The destination as the proxy is told it. SOCKS4 knows addresses of IPv4 alone. */
async function targetFor(
  { scheme, label }: ProxyAddress,
  { host, port }: Destination,
  lookup: LookupFunction = lookupByDns,
): Promise<Destination> {
  const isLocalLookup = scheme === "socks4" || scheme === "socks5";
  const address = isIP(host) === 0 && isLocalLookup ? await lookUp(host, scheme === "socks4" ? 4 : 0, lookup) : host;
  if (!isVersion4(scheme) || isIP(address) !== 6) return { host: address, port };
  throw new HandshakeError("PROXY_FAILED", `The proxy ${label} cannot connect to an address of IPv6: ${address}`);
}

function isVersion4(scheme: ProxyAddress["scheme"]): boolean {
  return scheme === "socks4" || scheme === "socks4a";
}

function lookUp(host: string, family: 0 | 4, lookup: LookupFunction): Promise<string> {
  return new Promise((resolve, reject) => {
    lookup(host, { family }, (error, found) => {
      const address = typeof found === "string" ? found : found?.[0]?.address;
      if (error !== null || address === undefined) reject(error ?? new Error(`no address found for ${host}`));
      else resolve(address);
    });
  });
}
