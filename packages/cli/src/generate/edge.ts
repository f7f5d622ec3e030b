/** What platforms refuse that bring a router of their own: sentences for the `lint` of their targets. */

import type { Deployment } from "./deployment.ts";

/** @param place "on Fly.io" */
export function portProblems({ listen }: Deployment, place: string): readonly string[] {
  if (listen === "port" || listen === "reuse-port") return [];
  return [`listen must be port or reuse-port ${place}, where one port of a machine is reached; got ${listen}.`];
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
