/** HAProxy: a whole `haproxy.cfg`, with HTTP or, where the app ends TLS, with bytes. */

import { allConnections, type Backend, backendsOf, connectionsOf, hostAndPort } from "../backends.ts";
import { type Deployment, mainDomain } from "../deployment.ts";
import { acmeProblems } from "../edge.ts";
import { APP_ANSWERS, header, lines } from "../header.ts";
import type { Target } from "../target.ts";
import { timingsOf } from "../timings.ts";

export const haproxy: Target = {
  name: "haproxy",
  summary: "HAProxy 2.6 or newer: haproxy.cfg",
  generate: (deployment) => [{ path: "haproxy.cfg", text: configText(deployment) }],
  lint: (deployment) => [...acmeProblems(deployment, "haproxy"), ...keyProblems(deployment)],
};

function keyProblems({ certificate }: Deployment): readonly string[] {
  if (typeof certificate !== "object") return [];
  const { cert, key } = certificate;
  if ([cert, `${cert}.key`].includes(key)) return [];
  return [`certificateKey must be ${cert}.key, or the same file, with haproxy, which looks for it there; got ${key}.`];
}

function configText(deployment: Deployment): string {
  const { name, tls } = deployment;
  const mode = tls === "app" ? "tcp" : "http";
  return `${header("haproxy", "#", ...trustNotes(deployment))}
global
    maxconn ${allConnections(deployment)}
    # A process that is reloaded keeps its connections for so long, then cuts them (clients see 1006)
    hard-stop-after ${timingsOf(deployment).routerGrace}ms

defaults
    mode ${mode}
${timeoutLines(deployment)}
frontend ${name}-clients
    bind ${bindOf(deployment)}
    default_backend ${name}

backend ${name}
    # Connections last: in turn, a process that was restarted would stay empty
    balance leastconn
${mode === "http" ? httpLines(deployment) : ""}${checkLines(deployment)}    default-server ${serverOptions(deployment)}
${backendsOf(deployment).map(serverLine).join("")}`;
}

function trustNotes({ clientAddress }: Deployment): readonly string[] {
  return clientAddress === "proxy-protocol"
    ? ['The app needs proxyProtocol: "required": nobody but HAProxy may reach its port.', APP_ANSWERS]
    : ["The app believes X-Forwarded-For with trustProxy.", APP_ANSWERS];
}

function timeoutLines(deployment: Deployment): string {
  const { connect, handshake, idle } = timingsOf(deployment);
  const isBytes = deployment.tls === "app";
  return lines(
    `    timeout connect ${connect}ms`,
    !isBytes && `    timeout http-request ${handshake}ms`,
    "    # Until the handshake is answered; then timeout tunnel takes their place",
    `    timeout client ${isBytes ? idle : handshake}ms`,
    `    timeout server ${isBytes ? idle : handshake}ms`,
    `    # The app pings every ${deployment.pingInterval / 1_000} s: a connection this silent is dead`,
    `    timeout tunnel ${idle}ms`,
    // Not server-fin, too: with both, in mode tcp, HAProxy 2.6.12 ends itself now and then ("a bogus STREAM is spinning"), and
    // the app closes its side anyway
    "    # Of a connection that the app has closed, and the client has not",
    `    timeout client-fin ${deployment.closeTimeout}ms`,
  );
}

function bindOf({ publicHost, publicPort, tls, certificate }: Deployment): string {
  const place = publicHost === "*" ? `:${publicPort}` : hostAndPort({ host: publicHost, port: publicPort });
  // h2: browsers then open WebSockets as streams of one connection (RFC 8441)
  const isEnding = tls === "router" && typeof certificate === "object";
  return isEnding ? `${place} ssl crt ${certificate.cert} alpn h2,http/1.1` : place;
}

function httpLines({ clientAddress }: Deployment): string {
  return lines(
    "    # What the client itself says about its address is not passed on",
    clientAddress === "x-forwarded-for" && "    http-request set-header X-Forwarded-For %[src]",
    clientAddress === "proxy-protocol" && "    http-request del-header X-Forwarded-For",
    "    http-request del-header Forwarded",
    "    http-request del-header X-Forwarded-Host",
    "    http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]",
    "    # A handshake that one process could not take is offered to another",
    "    option redispatch 1",
    "    retry-on conn-failure empty-response 503",
  );
}

function checkLines(deployment: Deployment): string {
  return lines(
    "    # A process that drains says 503 there and gets no new connections; those it has stay",
    "    option httpchk",
    `    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host ${mainDomain(deployment)}`,
    "    http-check expect status 200",
    deployment.tls === "app" &&
      "    # By TLS, whatever the certificate: it has the clients' name for the app, not this one",
  );
}

function serverOptions(deployment: Deployment): string {
  const { probeInterval, probeTimeout, probeFailures, probeSuccesses } = timingsOf(deployment);
  const { tls, clientAddress, http } = deployment;
  return [
    `check inter ${probeInterval}ms fall ${probeFailures} rise ${probeSuccesses}`,
    probeTimeout < probeInterval && `timeout ${probeTimeout}ms`,
    `maxconn ${connectionsOf(deployment)}`,
    clientAddress === "proxy-protocol" && "send-proxy-v2 check-send-proxy",
    tls === "app" && "check-ssl verify none",
    http === "2" && tls !== "app" && "proto h2 ws h2 check-proto h2",
  ]
    .filter(Boolean)
    .join(" ");
}

function serverLine(backend: Backend): string {
  return `    server ${backend.name} ${backend.type === "unix" ? `unix@${backend.path}` : hostAndPort(backend)}\n`;
}
