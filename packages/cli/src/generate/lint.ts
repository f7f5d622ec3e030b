/** What contradicts itself in a deployment, in sentences: key, rule, values. Targets add what only they cannot do. */

import { isIP } from "node:net";
import { formatDuration } from "../units.ts";
import { type Deployment, isLocal, mostWorkers } from "./deployment.ts";
import { workerGrace } from "./fleet.ts";
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
  (deployment) => {
    const { preStop, notReady, grace } = deployment;
    const needed = preStop + notReady + workerGrace(deployment);
    if (grace > needed) return undefined;
    return `grace must be above preStop + notReady + drainWindow + closeTimeout + 1s, ${formatDuration(needed)}, or connections are cut by SIGKILL; got ${formatDuration(grace)}.`;
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
  (deployment) => {
    const { port, adminPort } = deployment;
    const last = lastPort(deployment);
    if (last > 65_535) return `port and workers must stay below 65536 with listen: ports, got ${port} to ${last}.`;
    return adminPort > port && adminPort <= last
      ? `adminPort must not be a worker's port, got ${adminPort} within ${port} to ${last}.`
      : undefined;
  },
  ({ listen, workers }) =>
    (listen === "unix" || listen === "ports") && workers === "auto"
      ? `workers must be a number with listen: ${listen}, because a router names each of them; got auto.`
      : undefined,
  (deployment) =>
    deployment.listen === "unix" && !(isLocal(deployment) && deployment.hosts.length === 1)
      ? `hosts must be this machine with listen: unix, because a socket is reached from its own machine; got ${deployment.hosts.join(",")}.`
      : undefined,
  (deployment) => {
    const { publicPort, port, adminPort } = deployment;
    if (!deployment.hosts.some((host) => isLocal({ hosts: [host] }))) return undefined;
    if (publicPort === adminPort)
      return `adminPort must not be publicPort where a router runs beside the app, got ${publicPort} for both.`;
    const last = lastPort(deployment);
    if (deployment.listen === "unix" || publicPort < port || publicPort > last) return undefined;
    const taken = last === port ? `${publicPort} for both` : `${publicPort} within ${port} to ${last}`;
    return `port must not be publicPort where a router runs beside the app, got ${taken}.`;
  },
  ({ name, engine }) =>
    name === engine
      ? `name must not be that of the engine, because both would be reached by it; got ${name}.`
      : undefined,
  ({ http, clientAddress }) =>
    http === "2" && clientAddress === "proxy-protocol"
      ? "clientAddress must be x-forwarded-for with http: 2, because servers of node:http2 read no PROXY protocol; got proxy-protocol."
      : undefined,
  ({ certificate, domains }) => {
    const internal = certificate === "acme" ? domains.find(isInternal) : undefined;
    return internal === undefined
      ? undefined
      : `domains must be public names with certificate: acme, because authorities know no others; got ${internal}.`;
  },
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

/** Of the workers. */
function lastPort({ listen, port, workers }: Deployment): number {
  return listen === "ports" && workers !== "auto" ? port + mostWorkers(workers) - 1 : port;
}

/** An address, or a name that no authority looks up. */
function isInternal(domain: string): boolean {
  return isIP(domain) !== 0 || !domain.includes(".") || /\.(local|internal|localhost|test|invalid)$/.test(domain);
}
