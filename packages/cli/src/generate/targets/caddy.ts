/** Caddy: a Caddyfile. */

import { backendsOf, hostAndPort } from "../backends.ts";
import type { Deployment } from "../deployment.ts";
import { headerProblems, http2Problems } from "../edge.ts";
import { APP_ANSWERS, header, indented, lines } from "../header.ts";
import type { Target } from "../target.ts";
import { timingsOf } from "../timings.ts";

export const caddy: Target = {
  name: "caddy",
  summary: "Caddy 2.6 or newer: Caddyfile",
  generate: (deployment) => [{ path: "Caddyfile", text: caddyfile(deployment) }],
  lint: (deployment) => [
    ...headerProblems(deployment, "caddy", "which sends the PROXY protocol from 2.7 on alone"),
    ...http2Problems(deployment, "caddy", "whose WebSockets go to servers over HTTP/1.1 alone"),
  ],
};

function caddyfile(deployment: Deployment): string {
  const notes = [
    "The app believes X-Forwarded-For with trustProxy; Caddy replaces what clients say about their address.",
    APP_ANSWERS,
    "A reload closes all connections (1001); from 2.7 on, stream_close_delay in reverse_proxy lets them stay.",
  ];
  return `${header("caddy", "#", ...notes)}
${globalOptions(deployment)}${sitesOf(deployment)} {
${indented(bindLine(deployment), "\t")}${indented(tlsLine(deployment), "\t")}\treverse_proxy ${upstreams(deployment)} {
${indented(proxyLines(deployment), "\t\t")}\t}
}
`;
}

function globalOptions(deployment: Deployment): string {
  const { tls, publicPort } = deployment;
  const { handshake, routerGrace } = timingsOf(deployment);
  return lines(
    "{",
    // A redirect from port 80 leads to 443
    tls === "router" && publicPort !== 443 && "\tauto_https disable_redirects",
    tls !== "router" && "\tauto_https off",
    "\t# For a server of Caddy that a reload replaces",
    `\tgrace_period ${routerGrace}ms`,
    "\tservers {",
    "\t\ttimeouts {",
    `\t\t\tread_header ${handshake}ms`,
    "\t\t}",
    "\t}",
    "}",
    "",
  );
}

function sitesOf({ domains, tls, publicPort }: Deployment): string {
  const scheme = tls === "router" ? "https" : "http";
  const isUsual = publicPort === (tls === "router" ? 443 : 80);
  return domains.map((domain) => `${scheme}://${domain}${isUsual ? "" : `:${publicPort}`}`).join(", ");
}

function bindLine({ publicHost }: Deployment): string {
  return publicHost === "*" ? "" : `bind ${publicHost}\n`;
}

/** Without one, Caddy gets a certificate by ACME. */
function tlsLine({ tls, certificate }: Deployment): string {
  if (tls !== "router" || typeof certificate !== "object") return "";
  return `tls ${certificate.cert} ${certificate.key}\n`;
}

function upstreams(deployment: Deployment): string {
  return backendsOf(deployment)
    .map((backend) => (backend.type === "unix" ? `unix/${backend.path}` : hostAndPort(backend)))
    .join(" ");
}

function proxyLines(deployment: Deployment): string {
  const { connect, probeInterval, probeTimeout, passOver } = timingsOf(deployment);
  return lines(
    "# Connections last: in turn, a process that was restarted would stay empty",
    "lb_policy least_conn",
    "# Where one refuses, another is tried for so long",
    `lb_try_duration ${connect}ms`,
    "# A process that drains says 503 there and gets no new connections; those it has stay",
    "health_uri /readyz",
    "health_status 200",
    `health_interval ${probeInterval}ms`,
    `health_timeout ${probeTimeout}ms`,
    "# One that refuses a connection is passed over",
    `fail_duration ${passOver}ms`,
    "max_fails 1",
    "unhealthy_status 503",
    "# Caddy replaces X-Forwarded-*, but knows nothing of this one",
    "header_up -Forwarded",
    "transport http {",
    `\tdial_timeout ${connect}ms`,
    "}",
  );
}
