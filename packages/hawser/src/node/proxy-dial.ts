/**
 * Connects to a host through a proxy: HTTP CONNECT (RFC 9110, section 9.3.6), itself over TCP or TLS, or SOCKS.
 */

import type { LookupFunction, Socket } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { type HandshakeFault, isHandshakeFault } from "../handshake/errors.ts";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { serializeRequest } from "../handshake/http-response.ts";
import type { ReceivedResponse } from "../handshake/response-reader.ts";
import { authorityOf, type Destination, openSocket, reach, startTls } from "./dial.ts";
import { HandshakeError } from "./errors.ts";
import { exchange, toHandshakeResponse } from "./http-exchange.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { dialThroughSocks } from "./socks-dial.ts";

export interface ProxyDialSettings {
  /** For an `https:` proxy. */
  readonly proxyTls: TlsOptions;
  readonly lookup: LookupFunction | undefined;
  readonly userAgent: string | null;
  readonly openTimeout: number;
}

/** A socket whose other end is the destination. */
export async function dialThroughProxy(
  proxy: ProxyAddress,
  destination: Destination,
  settings: ProxyDialSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await reach(`the proxy ${proxy.label}`, signal, () => openProxy(proxy, settings, signal));
  if (proxy.scheme !== "http" && proxy.scheme !== "https") {
    return dialThroughSocks(socket, proxy, destination, settings, signal);
  }
  await reach(`the proxy ${proxy.label}`, signal, () => openTunnel(socket, proxy, destination, settings, signal));
  return socket;
}

async function openProxy(
  { scheme, host, port }: ProxyAddress,
  { proxyTls, lookup }: ProxyDialSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await openSocket({ host, port, ...(lookup && { lookup }) }, signal);
  return scheme === "https" ? startTls(socket, host, proxyTls, signal) : socket;
}

async function openTunnel(
  socket: Socket,
  proxy: ProxyAddress,
  destination: Destination,
  { userAgent }: ProxyDialSettings,
  signal: AbortSignal,
): Promise<void> {
  const request = connectRequest(proxy, authorityOf(destination), userAgent);
  const answer = await exchange(socket, request, signal, { isConnect: true });
  if (!isHandshakeFault(answer) && answer.status >= 200 && answer.status < 300) return;
  socket.destroy();
  throw refusedBy(proxy, answer);
}

function connectRequest({ username, password }: ProxyAddress, authority: string, userAgent: string | null): Uint8Array {
  const headers = new HttpHeaders([["Host", authority]]);
  if (userAgent !== null) headers.append("User-Agent", userAgent);
  if (username !== "" || password !== "") {
    headers.append("Proxy-Authorization", `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`);
  }
  return serializeRequest({ method: "CONNECT", path: authority, headers });
}

function refusedBy({ label }: ProxyAddress, answer: ReceivedResponse | HandshakeFault): HandshakeError {
  if (!isHandshakeFault(answer)) {
    const text = `The proxy ${label} did not connect: it answered ${answer.status} ${answer.statusText}`.trimEnd();
    return new HandshakeError("PROXY_FAILED", text, { response: toHandshakeResponse(answer) });
  }
  // A proxy that goes away is as a host that goes away: worth another attempt
  const code = answer.code === "RESPONSE_INCOMPLETE" ? "CONNECT_FAILED" : "PROXY_FAILED";
  return new HandshakeError(code, `The proxy ${label} did not connect: ${answer.text}`);
}
