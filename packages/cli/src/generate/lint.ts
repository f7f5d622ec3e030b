/** What contradicts itself in a deployment, in sentences: key, rule, values. Targets add what only they cannot do. */

import { formatDuration } from "../units.ts";
import type { Deployment } from "./deployment.ts";
import { timingsOf } from "./timings.ts";

type Rule = (deployment: Deployment) => string | undefined;

/** Everything that is wrong; nothing is written while anything is. */
export function lint(deployment: Deployment): readonly string[] {
  return RULES.flatMap((rule) => rule(deployment) ?? []);
}

const RULES: readonly Rule[] = [
  ({ pingInterval, idleTimeout }) =>
    pingInterval * 2 < idleTimeout
      ? undefined
      : `pingInterval must be below half of idleTimeout, so that a lost ping cuts nobody off; got ${formatDuration(pingInterval)} and ${formatDuration(idleTimeout)}.`,
  ({ preStop, notReady, drainWindow, closeTimeout, grace }) => {
    const needed = preStop + notReady + drainWindow + closeTimeout;
    if (grace > needed) return undefined;
    return `grace must be above preStop + notReady + drainWindow + closeTimeout, ${formatDuration(needed)}, or connections are cut by SIGKILL; got ${formatDuration(grace)}.`;
  },
  (deployment) => {
    const { probeInterval, probeFailures } = timingsOf(deployment);
    const needed = probeInterval * probeFailures;
    if (deployment.notReady === 0 || deployment.notReady >= needed) return undefined;
    return `notReady must be 0, or at least ${formatDuration(needed)}, so that a router's probes notice it; got ${formatDuration(deployment.notReady)}.`;
  },
  ({ connections, maxConnections }) =>
    connections <= maxConnections
      ? undefined
      : `connections must not exceed maxConnections, or nothing scales before clients are refused; got ${connections} and ${maxConnections}.`,
  ({ port, adminPort }) => (port === adminPort ? `adminPort must not be port, got ${port} for both.` : undefined),
  ({ listen, port, adminPort, workers }) => {
    const last = listen === "ports" && workers !== "auto" ? port + mostWorkers(workers) - 1 : port;
    if (last > 65_535) return `port and workers must stay below 65536 with listen: ports, got ${port} to ${last}.`;
    return adminPort > port && adminPort <= last
      ? `adminPort must not be a worker's port, got ${adminPort} within ${port} to ${last}.`
      : undefined;
  },
  ({ listen, workers }) =>
    (listen === "unix" || listen === "ports") && workers === "auto"
      ? `workers must be a number with listen: ${listen}, because a router names each of them; got auto.`
      : undefined,
  ({ listen, hosts }) =>
    listen === "unix" && (hosts.length > 1 || !["127.0.0.1", "localhost", "::1"].includes(hosts[0] ?? ""))
      ? `hosts must be this machine with listen: unix, because a socket is reached from its own machine; got ${hosts.join(",")}.`
      : undefined,
  ({ listen, hosts, port, publicPort }) =>
    port === publicPort && listen !== "unix" && hosts.includes("127.0.0.1")
      ? `port must not be publicPort where a router runs beside the app, got ${port} for both.`
      : undefined,
  ({ tls, clientAddress }) =>
    tls === "app" && clientAddress === "x-forwarded-for"
      ? "clientAddress must be proxy-protocol with tls: app, because a router cannot write a header into what it cannot read; got x-forwarded-for."
      : undefined,
  ({ tls, certificate }) =>
    tls === "router" && certificate === undefined
      ? 'certificate must be given with tls: router: a path with certificateKey, or "acme".'
      : undefined,
  ({ tls, certificate }) =>
    tls === "none" && certificate !== undefined
      ? "tls must be router or app where there is a certificate, got none."
      : undefined,
];

/** The most of a range, or the number itself. */
export function mostWorkers(workers: Exclude<Deployment["workers"], "auto">): number {
  return typeof workers === "number" ? workers : workers.max;
}
