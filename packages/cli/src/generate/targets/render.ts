/**
 * Render: a blueprint.
 */

import { why, yamlText } from "../annotated-yaml.ts";
import type { Deployment } from "../deployment.ts";
import { edgeProblems } from "../edge.ts";
import { fleetOf, runEnvironment } from "../fleet.ts";
import { header } from "../header.ts";
import type { Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";

/** Seconds. */
const LONGEST_SHUTDOWN = 300;

export const render: Target = {
  name: "render",
  summary: "render.yaml, a blueprint of Render",
  generate: (deployment) => [{ path: "render.yaml", text: blueprint(deployment) }],
  lint(deployment) {
    const needed = shutdownDelay(deployment);
    const problems = [...edgeProblems(deployment, "on Render")];
    if (needed > LONGEST_SHUTDOWN) {
      problems.push(
        `grace without preStop must be at most ${LONGEST_SHUTDOWN}s on Render, the longest maxShutdownDelaySeconds; got ${needed}s.`,
      );
    }
    if (deployment.engine === "nats") {
      problems.push("engine must be none or redis on Render, which has no NATS of its own; got nats.");
    }
    return problems;
  },
};

/** Render has no preStop. */
function shutdownDelay(deployment: Deployment): number {
  return seconds(timingsOf(deployment).stop);
}

function blueprint(deployment: Deployment): string {
  const services = [web(deployment), ...(deployment.engine === "redis" ? [keyValue(deployment)] : [])];
  return yamlText(header("render", "#", "Commit this file, and choose Blueprints > New."), { services });
}

function web(deployment: Deployment): unknown {
  const { name, entry, domains } = deployment;
  const own = domains.filter((domain) => domain !== "localhost");
  return {
    type: "web",
    name,
    runtime: "node",
    plan: why("standard", "One core. On the free plan connections end after five minutes."),
    buildCommand: "npm ci --include=prod --omit=dev",
    startCommand: why(
      `exec node_modules/.bin/hawser run ${entry}`,
      "exec: a shell in between would keep SIGTERM for itself.",
    ),
    healthCheckPath: why("/readyz", "On the port of the clients: the program answers it with healthChecks()."),
    maxShutdownDelaySeconds: why(
      shutdownDelay(deployment),
      "The grace period without preStop: Render's default of 30 s may be too short to drain.",
    ),
    ...scaling(deployment),
    domains: own.length === 0 ? undefined : own,
    envVars: environment(deployment),
  };
}

/** Render knows CPU and memory, not connections. */
function scaling(deployment: Deployment): Readonly<Record<string, unknown>> {
  const { min, max, isElastic } = fleetOf(deployment);
  if (!isElastic) return { numInstances: min };
  return {
    scaling: why(
      { minInstances: min, maxInstances: max, targetCPUPercent: 60, targetMemoryPercent: 70 },
      "Render does not see connections; memory grows with them.",
    ),
  };
}

function environment(deployment: Deployment): readonly unknown[] {
  const variables = Object.entries(runEnvironment(deployment, { workers: "1" }));
  const engine = { type: "keyvalue", name: engineName(deployment), property: "connectionString" };
  return [
    ...variables.map(([key, value]) => ({ key, value })),
    why({ key: "HAWSER_ADMIN_TOKEN", generateValue: true }, "For all of the admin endpoint but its probes."),
    ...(deployment.engine === "redis" ? [{ key: "REDIS_URL", fromService: engine }] : []),
  ];
}

function keyValue(deployment: Deployment): unknown {
  return {
    type: "keyvalue",
    name: engineName(deployment),
    plan: "starter",
    maxmemoryPolicy: why("noeviction", "Histories of topics must not vanish when memory is short."),
    ipAllowList: why([], "From inside alone."),
  };
}

function engineName({ name }: Deployment): string {
  return `${name}-redis`;
}
