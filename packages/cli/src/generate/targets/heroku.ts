/**
 * Heroku: Procfile and app.json. Heroku allows 30 seconds from SIGTERM to SIGKILL, so the drain is shortened to fit.
 */

import { formatDuration } from "../../units.ts";
import type { Deployment } from "../deployment.ts";
import { edgeProblems } from "../edge.ts";
import { fleetOf, runEnvironment, stoppingWithin, stopTime } from "../fleet.ts";
import type { Target } from "../target.ts";

/** Milliseconds from SIGTERM to SIGKILL. */
const KILLED_AFTER = 30_000;

/** Milliseconds of silence after which the router ends a connection (H15). */
const ROUTER_IDLE = 55_000;

export const heroku: Target = {
  name: "heroku",
  summary: "Procfile and app.json of Heroku",
  generate: (deployment) => [
    { path: "Procfile", text: procfile(deployment) },
    { path: "app.json", text: `${JSON.stringify(manifest(deployment), null, 2)}\n` },
  ],
  lint: (deployment) => [
    ...edgeProblems(deployment, "on Heroku"),
    ...idleProblems(deployment),
    ...stopProblems(deployment),
    ...engineProblems(deployment),
  ],
};

function idleProblems({ pingInterval }: Deployment): readonly string[] {
  if (pingInterval * 2 < ROUTER_IDLE) return [];
  return [
    `pingInterval must be below half of ${formatDuration(ROUTER_IDLE)} on Heroku, where routers end silent connections; got ${formatDuration(pingInterval)}.`,
  ];
}

function stopProblems(deployment: Deployment): readonly string[] {
  if (stopTime(stoppingOn(deployment)) <= KILLED_AFTER) return [];
  return [
    `closeTimeout must leave room within ${formatDuration(KILLED_AFTER)} on Heroku, which kills then; got ${formatDuration(deployment.closeTimeout)}.`,
  ];
}

function engineProblems({ engine }: Deployment): readonly string[] {
  return engine === "nats" ? ["engine must be none or redis on Heroku, which has no NATS of its own; got nats."] : [];
}

/** No `notReady`: Heroku's routers know of a stopping dyno before the dyno does. */
function stoppingOn(deployment: Deployment): ReturnType<typeof stoppingWithin> {
  return stoppingWithin({ ...deployment, notReady: 0 }, KILLED_AFTER);
}

function procfile({ entry }: Deployment): string {
  return `web: exec node_modules/.bin/hawser run ${entry}\n`;
}

function manifest(deployment: Deployment): unknown {
  const { name, engine } = deployment;
  const stopping = stoppingOn(deployment);
  // The platform sets PORT
  const { PORT: _, ...variables } = runEnvironment(deployment, { workers: "1", stopping });
  return {
    name,
    description: `WebSocket server. Dynos are killed ${KILLED_AFTER / 1_000} s after SIGTERM and replaced every day, so the drain window is ${formatDuration(stopping.drainWindow)}.`,
    stack: "heroku-24",
    buildpacks: [{ url: "heroku/nodejs" }],
    formation: { web: { quantity: fleetOf(deployment).min, size: "standard-2x" } },
    env: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, variable(key, value)])),
    addons: engine === "redis" ? [{ plan: "heroku-redis:mini", as: "REDIS" }] : [],
  };
}

/** JSON has no comments, but app.json has descriptions. */
function variable(key: string, value: string): unknown {
  const description = REASONS[key];
  return description === undefined ? { value } : { description, value };
}

const REASONS: Readonly<Record<string, string>> = {
  HAWSER_WORKERS: "One process uses one core; more dynos take more clients.",
  HAWSER_NOT_READY: "The routers know of a stopping dyno before the dyno does.",
  HAWSER_DRAIN_WINDOW: "With the close timeout, it must end before Heroku kills.",
  HAWSER_GRACE: "A worker that does not end is killed by the supervisor, before Heroku kills all.",
};
