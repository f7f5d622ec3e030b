/** What platforms refuse that bring a router of their own: sentences for the `lint` of their targets. */

import { formatDuration } from "../units.ts";
import type { Deployment } from "./deployment.ts";
import { seconds, timingsOf } from "./timings.ts";

/** @param place "on Fly.io" */
export function portProblems({ listen }: Deployment, place: string): readonly string[] {
  if (listen === "port" || listen === "reuse-port") return [];
  return [`listen must be port or reuse-port ${place}, where one port of a machine is reached; got ${listen}.`];
}

/** What routers refuse that read HTTP, and say who the client is by a header alone. @param why "which does not ..." */
export function headerProblems({ tls, clientAddress }: Deployment, router: string, why: string): readonly string[] {
  if (tls === "app") return [`tls must be router or none with ${router}, which reads HTTP; got app.`];
  if (clientAddress !== "proxy-protocol") return [];
  return [`clientAddress must be x-forwarded-for with ${router}, ${why}; got proxy-protocol.`];
}

/** Routers that get no certificate by themselves. */
export function acmeProblems({ certificate }: Deployment, router: string): readonly string[] {
  if (certificate !== "acme") return [];
  return [`certificate must be a path with ${router}, which gets none by itself; got acme.`];
}

/** Routers that speak HTTP/1.1 alone to an app where WebSockets are. @param why "which does not ..." */
export function http2Problems({ http }: Deployment, router: string, why: string): readonly string[] {
  return http === "2" ? [`http must be 1.1 with ${router}, ${why}; got 2.`] : [];
}

/** Where probes come every whole second at most, and all that count must fall into `notReady`. */
export function probeProblems(deployment: Deployment, place: string): readonly string[] {
  const { notReady } = deployment;
  const { probeInterval, probeFailures } = timingsOf(deployment);
  const needed = seconds(probeInterval) * 1_000 * probeFailures;
  if (notReady === 0 || notReady >= needed) return [];
  return [
    `notReady must be 0, or at least ${formatDuration(needed)} ${place}, so that its probes notice it; got ${formatDuration(notReady)}.`,
  ];
}

/** What a platform's names have room for, with what is put behind them. */
export function nameProblems({ name }: Deployment, longest: number, place: string): readonly string[] {
  if (name.length <= longest) return [];
  return [
    `name must have at most ${longest} characters ${place}, where other names are made of it; got ${name.length}.`,
  ];
}

/** The same where the platform's router reads HTTP. */
export function edgeProblems(deployment: Deployment, place: string): readonly string[] {
  const { tls, clientAddress } = deployment;
  const problems = [...portProblems(deployment, place)];
  if (tls === "app") problems.push(`tls must be router or none ${place}, where the router ends it; got app.`);
  if (clientAddress === "proxy-protocol") {
    problems.push(
      `clientAddress must be x-forwarded-for ${place}, which is what routers say there; got proxy-protocol.`,
    );
  }
  return problems;
}
