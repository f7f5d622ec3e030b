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

/** As the cloud's language puts them into a text. */
export interface Placeholders {
  readonly workers: string;
  readonly engineUrl: string;
}

export function unitText(deployment: Deployment, { workers, engineUrl }: Placeholders): string {
  const { name, image, entry, port, adminPort, engine } = deployment;
  const engineVariable = engine === "none" ? {} : { [`${engine.toUpperCase()}_URL`]: engineUrl };
  const variables = { ...runEnvironment(deployment, { workers }), ...engineVariable };
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
    `ExecStart=/usr/bin/docker run --rm --name ${name} --network host --read-only --tmpfs /tmp --cap-drop ALL --ulimit nofile=${descriptors} --stop-timeout ${stop} ${environmentFlags(variables)} ${image} ${entry}`,
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
