/** Apache httpd: one file for the server's configuration, with its site and what the event MPM must have room for. */

import { allConnections, type Backend, backendsOf, connectionsOf, hostAndPort } from "../backends.ts";
import { type Deployment, mainDomain } from "../deployment.ts";
import { headerProblems, http2Problems } from "../edge.ts";
import { APP_ANSWERS, header, lines } from "../header.ts";
import type { Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";

export const apache: Target = {
  name: "apache",
  summary: "Apache httpd 2.4.48 or newer: <name>.conf",
  generate: (deployment) => [{ path: `${deployment.name}.conf`, text: siteText(deployment) }],
  lint: (deployment) => [
    ...headerProblems(deployment, "apache", "which does not send the PROXY protocol"),
    ...http2Problems(deployment, "apache", "which does not speak RFC 8441"),
    ...ownProblems(deployment),
  ],
};

function ownProblems({ certificate, listen }: Deployment): readonly string[] {
  return [
    ...(certificate === "acme" ? ["certificate must be a path with apache; mod_md is not set up here; got acme."] : []),
    ...(listen === "unix" ? ["listen must not be unix with apache, whose health checks do not reach sockets."] : []),
  ];
}

/** Threads of a process: the event MPM's own default is 25, which makes many processes of many connections. */
const THREADS = 250;

function siteText(deployment: Deployment): string {
  const { name, publicPort, publicHost } = deployment;
  const place = publicHost === "*" ? String(publicPort) : hostAndPort({ host: publicHost, port: publicPort });
  const notes = [
    "Modules: mpm_event headers proxy proxy_http proxy_balancer proxy_hcheck lbmethod_byrequests lbmethod_bybusyness slotmem_shm watchdog reqtimeout",
    "and ssl where it ends TLS. The app believes X-Forwarded-For with trustProxy.",
    APP_ANSWERS,
  ];
  return `${header("apache", "#", ...notes)}
${roomLines(deployment)}
Listen ${place}
# Of a restart that keeps connections (apachectl graceful), until they are cut
GracefulShutdownTimeout ${seconds(timingsOf(deployment).routerGrace)}

ProxyHCExpr ${checkName(name)} {%{REQUEST_STATUS} =~ /^200$/}

<Proxy balancer://${name}>
${backendsOf(deployment)
  .map((backend) => memberLine(backend, deployment))
  .join("")}    # The one with the fewest connections: in turn, a process that was restarted would stay empty
    ProxySet lbmethod=bybusyness
    # A process that drains or is full answers 503: it is passed over
    ProxySet failonstatus=503
</Proxy>

<VirtualHost ${publicHost === "*" ? "*" : publicHost}:${publicPort}>
    ServerName ${mainDomain(deployment)}
${hostLines(deployment)}</VirtualHost>
`;
}

function checkName(name: string): string {
  return `${name.replaceAll("-", "_")}_ready`;
}

function roomLines(deployment: Deployment): string {
  const processes = Math.ceil(allConnections(deployment) / THREADS);
  return lines(
    "# A WebSocket keeps a thread for as long as it lasts",
    `ServerLimit ${processes}`,
    `ThreadLimit ${THREADS}`,
    `ThreadsPerChild ${THREADS}`,
    `MaxRequestWorkers ${processes * THREADS}`,
    "# Threads that wait end no process: connections would move with it",
    `MaxSpareThreads ${processes * THREADS}`,
  );
}

function memberLine(backend: Backend, deployment: Deployment): string {
  const { connect, idle, passOver, probeInterval, probeFailures, probeSuccesses } = timingsOf(deployment);
  const place =
    backend.type === "unix" ? `unix:${backend.path}|http://${backend.name}` : `http://${hostAndPort(backend)}`;
  const words = [
    "upgrade=websocket",
    `connectiontimeout=${seconds(connect)}`,
    // Of silence, after which the connection ends
    `timeout=${seconds(idle)}`,
    `retry=${seconds(passOver)}`,
    `max=${connectionsOf(deployment)}`,
    // A connection that was a WebSocket is not used again
    "disablereuse=on",
    `hcmethod=GET hcuri=/readyz hcexpr=${checkName(deployment.name)}`,
    `hcinterval=${probeInterval}ms hcfails=${probeFailures} hcpasses=${probeSuccesses}`,
  ];
  return `    BalancerMember ${place} ${words.join(" ")}\n`;
}

function hostLines(deployment: Deployment): string {
  const { name, domains, tls, certificate } = deployment;
  const aliases = domains.filter((domain) => domain !== mainDomain(deployment));
  const { handshake, idle } = timingsOf(deployment);
  const files = tls === "router" && typeof certificate === "object" ? certificate : undefined;
  return lines(
    aliases.length > 0 && `    ServerAlias ${aliases.join(" ")}`,
    files && "    SSLEngine on",
    files && `    SSLCertificateFile ${files.cert}`,
    files && `    SSLCertificateKeyFile ${files.key}`,
    files && "    SSLProtocol -all +TLSv1.2 +TLSv1.3",
    `    RequestReadTimeout header=${seconds(handshake)}`,
    "    # With its port: the app compares Origin with it",
    "    ProxyPreserveHost On",
    "    # What the client itself says about its address is not passed on",
    "    RequestHeader unset X-Forwarded-For",
    "    RequestHeader unset X-Forwarded-Host",
    "    RequestHeader unset Forwarded",
    `    RequestHeader set X-Forwarded-Proto ${files === undefined ? "http" : "https"}`,
    `    # The app pings every ${deployment.pingInterval / 1_000} s: a connection this silent is dead`,
    `    ProxyTimeout ${seconds(idle)}`,
    `    ProxyPass / balancer://${name}/`,
  );
}
