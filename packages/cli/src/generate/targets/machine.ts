/**
 * What a cloud's machine runs: one systemd unit around the container. Knows no cloud.
 */

import type { Deployment } from "../deployment.ts";
import { runEnvironment } from "../fleet.ts";
import { seconds, timingsOf } from "../timings.ts";
import { descriptorsOf } from "../workers.ts";

/** Processors of the machines that the templates name. */
export const WORKERS_PER_MACHINE = 2;

/** Of Docker's own end after the container's. */
const DOCKER_MARGIN = 5;

/** Seconds from SIGTERM until SIGKILL; a group has no preStop. */
export function stopSeconds(deployment: Deployment): number {
  return seconds(timingsOf(deployment).stop);
}

/** Where the machine keeps what only the container may know, for root alone. */
export function secretsFile({ name }: Deployment): string {
  return `/etc/${name}.env`;
}

/**
 * What stands there: neither in the unit, where `%` and `$` of a password would mean something, nor on a command line, which
 * everybody on the machine sees. Nothing without an engine.
 *
 * @param engineUrl as the cloud's language puts it into a text
 */
export function secretsText({ engine }: Deployment, engineUrl: string): string | undefined {
  return engine === "none" ? undefined : `${engine.toUpperCase()}_URL=${engineUrl}`;
}

/** @param workers as the cloud's language puts them into a text */
export function unitText(deployment: Deployment, workers: string): string {
  const { name, image, entry, port, adminPort, engine } = deployment;
  const variables = runEnvironment(deployment, { workers });
  const secrets = engine === "none" ? "" : `--env-file ${secretsFile(deployment)} `;
  const descriptors = descriptorsOf({ ...deployment, workers: WORKERS_PER_MACHINE });
  const stop = stopSeconds(deployment);
  return [
    "[Unit]",
    "After=network-online.target docker.service",
    "Requires=docker.service",
    "Wants=network-online.target",
    "",
    "[Service]",
    `ExecStartPre=-/usr/bin/docker rm --force ${name}`,
    `ExecStartPre=/usr/bin/docker pull ${image}`,
    `ExecStart=/usr/bin/docker run --rm --name ${name} --network host --read-only --tmpfs /tmp --cap-drop ALL --ulimit nofile=${descriptors} --stop-timeout ${stop} ${secrets}${environmentFlags(variables)} ${image} ${entry}`,
    `ExecStop=/usr/bin/docker stop ${name}`,
    `# Ports ${port} and ${adminPort}; the grace period without preStop, and Docker's own end`,
    `TimeoutStopSec=${stop + DOCKER_MARGIN}`,
    "Restart=always",
    "RestartSec=1",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ].join("\n");
}

function environmentFlags(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([key, value]) => `--env ${key}=${value}`)
    .join(" ");
}
