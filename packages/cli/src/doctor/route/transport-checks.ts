/** The way to a server below HTTP: its certificate, and the versions of HTTP that its router speaks. */

import { connect as connectHttp2 } from "node:http2";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Finding } from "../finding.ts";
import { RouteFault } from "./patience.ts";

const DAY = 86_400_000;

/** Milliseconds. */
const PATIENCE = 10_000;

/** Days before its end at which a certificate is worth a word; most are renewed 30 days before. */
const SOON = 14;

/** @param patience milliseconds, for TLS and for HTTP/2 */
export async function checkTransport(url: URL, now: number, patience: number = PATIENCE): Promise<Finding[]> {
  if (url.protocol !== "wss:") {
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
    const advice = "Serve wss: many networks break or read what is not encrypted.";
    const found = "none";
    return [isLocal ? { topic: "TLS", level: "note", found } : { topic: "TLS", level: "warning", found, advice }];
  }
  const socket = await openTls(url, patience);
  try {
    return [certificate(socket, now), await httpVersions(url, socket, patience)];
  } finally {
    socket.destroy();
  }
}

/** What is wrong with the certificate is a finding: it does not end the examination. */
function openTls({ hostname, port }: URL, patience: number): Promise<TLSSocket> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const options = { host, port: Number(port || 443), ALPNProtocols: ["h2", "http/1.1"], rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const socket = connectTls({ ...options, ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }) });
    socket.setTimeout(patience, () => socket.destroy(new RouteFault(`no TLS within ${patience / 1_000} s`)));
    socket.once("secureConnect", () => resolve(socket)).once("error", reject);
  });
}

function certificate(socket: TLSSocket, now: number): Finding {
  const topic = "TLS";
  const version = socket.getProtocol();
  const { valid_to: end } = socket.getPeerCertificate();
  const days = Math.floor((Date.parse(end) - now) / DAY);
  if (!socket.authorized) {
    const advice = "Browsers refuse it. Install a certificate of a public authority, with its chain.";
    return { topic, level: "problem", found: `${version}, ${String(socket.authorizationError)}`, advice };
  }
  const found = `${version}, certificate for another ${days} days`;
  if (days >= SOON) return { topic, level: "ok", found };
  return { topic, level: "warning", found, advice: "Renew it." };
}

async function httpVersions(url: URL, socket: TLSSocket, patience: number): Promise<Finding> {
  const topic = "HTTP";
  if (socket.alpnProtocol !== "h2") return { topic, level: "ok", found: "HTTP/1.1" };
  const offers = await offersWebSocket(url, patience);
  const found = offers
    ? "HTTP/2 with WebSocket (RFC 8441), and HTTP/1.1"
    : "HTTP/2 without WebSocket: browsers open another connection, with HTTP/1.1";
  return { topic, level: "ok", found };
}

function offersWebSocket({ host }: URL, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connectHttp2(`https://${host}`, { rejectUnauthorized: false });
    const done = (offers: boolean) => {
      clearTimeout(timer);
      session.destroy();
      resolve(offers);
    };
    const timer = setTimeout(done, patience, false);
    session.on("error", () => done(false));
    session.once("remoteSettings", ({ enableConnectProtocol }) => done(enableConnectProtocol === true));
  });
}
