/**
 * Fly.io: fly.toml.
 */

import { formatDuration } from "../../units.ts";
import type { Deployment } from "../deployment.ts";
import { edgeProblems } from "../edge.ts";
import { engineVariable, fleetOf, mebibytes, runEnvironment, SUPERVISOR_MEMORY } from "../fleet.ts";
import { header } from "../header.ts";
import type { Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";

/** Seconds. */
const LONGEST_KILL_TIMEOUT = 300;

/** Between Fly's SIGTERM and its SIGKILL; there is no preStop. */
function killTimeout(deployment: Deployment): number {
  return seconds(timingsOf(deployment).stop);
}

export const fly: Target = {
  name: "fly",
  summary: "fly.toml of Fly.io",
  generate: (deployment) => [{ path: "fly.toml", text: flyToml(deployment) }],
  lint: (deployment) => {
    const needed = killTimeout(deployment);
    const problems = edgeProblems(deployment, "on Fly.io");
    if (needed <= LONGEST_KILL_TIMEOUT) return problems;
    return [
      ...problems,
      `grace without preStop must be at most ${LONGEST_KILL_TIMEOUT}s on Fly.io, the longest kill_timeout; got ${needed}s.`,
    ];
  },
};

function flyToml(deployment: Deployment): string {
  const { name, port, image, connections, maxConnections, pingInterval, idleTimeout, memory } = deployment;
  const { min, isElastic } = fleetOf(deployment);
  const { probeInterval, probeTimeout } = timingsOf(deployment);
  return `${header("fly", "#", "fly deploy")}
app = ${text(name)}
# Fly's own default is SIGINT
kill_signal = "SIGTERM"
# The grace period without preStop: Fly's default of 5 s would cut off whoever is still connected with 1006
kill_timeout = "${killTimeout(deployment)}s"

[build]
image = ${text(image)}

[env]
${environment(deployment)}

[http_service]
internal_port = ${port}
force_https = true
# A machine that stops sends its clients away: never because it is quiet
auto_stop_machines = "off"
# As many as fly scale count has made
auto_start_machines = ${isElastic}
min_machines_running = ${min}

[http_service.concurrency]
# Requests would count a connection once, when it begins
type = "connections"
# Above it, other machines are preferred
soft_limit = ${connections}
# Above it, no connection comes in
hard_limit = ${maxConnections}

[http_service.http_options]
# Seconds; longer than two pings (${formatDuration(pingInterval)})
idle_timeout = ${seconds(idleTimeout)}

[[http_service.checks]]
# On the port of the clients: the program answers it with healthChecks()
method = "GET"
path = "/readyz"
grace_period = "30s"
interval = "${seconds(probeInterval)}s"
timeout = "${seconds(probeTimeout)}s"

[[vm]]
memory = "${vmMemory(memory)}mb"
cpu_kind = "performance"
# One process uses one core
cpus = 1
`;
}

function environment(deployment: Deployment): string {
  const { engine } = deployment;
  const all = {
    ...runEnvironment(deployment, { workers: "1" }),
    ...engineVariable(engine, `${deployment.name}-${engine}.internal`),
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} = ${text(value)}`)
    .join("\n");
}

/** MiB of a performance machine: at least 2048 with one CPU, in steps of 256; two processes while one is replaced. */
function vmMemory(memory: number): number {
  return Math.max(2_048, Math.ceil(mebibytes(2 * memory + SUPERVISOR_MEMORY) / 256) * 256);
}

/** JSON's texts are TOML's. */
function text(value: string): string {
  return JSON.stringify(value);
}
