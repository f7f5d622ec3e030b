/**
 * The names by which Kubernetes' objects find each other: one place, so that selectors and labels cannot differ.
 */

import type { Deployment } from "../../deployment.ts";

/** Of ports: probes, Services and monitors use the name, never the number. */
export const PORTS = { websocket: "websocket", admin: "admin" } as const;

export function labelsOf({ name }: Deployment): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": name };
}

export function metadataOf(deployment: Deployment, name: string = deployment.name): Readonly<Record<string, unknown>> {
  return { name, labels: labelsOf(deployment) };
}

/** The headless Service of the admin ports. */
export function adminName({ name }: Deployment): string {
  return `${name}-admin`;
}

/** The Secret with the admin endpoint's token, which whoever deploys makes. */
export const TOKEN_KEY = "token";
