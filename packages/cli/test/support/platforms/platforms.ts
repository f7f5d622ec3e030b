/**
 * Fly.io, Render, Heroku, Koyeb: their documented keys, and whether the values agree with the deployment.
 */

import { parse as parseToml } from "smol-toml";
import { parse } from "yaml";
import {
  type Check,
  differs,
  environmentProblems,
  holds,
  idleProblems,
  milliseconds,
  shellProblems,
  textOf,
} from "./check.ts";
import { type KeyTable, unknownKeys } from "./strict-keys.ts";

// biome-ignore lint/suspicious/noExplicitAny: parsed files, whose keys are checked first
type Tree = any;

const FLY: KeyTable = {
  app: true,
  kill_signal: true,
  kill_timeout: true,
  build: { image: true },
  env: { "*": true },
  http_service: {
    internal_port: true,
    force_https: true,
    auto_stop_machines: true,
    auto_start_machines: true,
    min_machines_running: true,
    concurrency: { type: true, soft_limit: true, hard_limit: true },
    http_options: { idle_timeout: true },
    checks: { method: true, path: true, grace_period: true, interval: true, timeout: true },
  },
  vm: { memory: true, cpu_kind: true, cpus: true },
};

export const checkFly: Check = (files, deployment) => {
  const tree = parseToml(textOf(files, "fly.toml")) as Tree;
  const keys = unknownKeys(tree, FLY);
  if (keys.length > 0) return keys;
  const { http_service: service } = tree;
  const kill = milliseconds(tree.kill_timeout);
  return [
    ...differs("kill_signal", tree.kill_signal, "SIGTERM"),
    ...holds(kill <= 300_000, "kill_timeout must be at most 300 s"),
    ...environmentProblems(tree.env, deployment, kill),
    ...differs("internal_port", service.internal_port, deployment.port),
    ...differs("auto_stop_machines", service.auto_stop_machines, "off"),
    ...differs("type", service.concurrency.type, "connections"),
    ...differs("soft_limit", service.concurrency.soft_limit, deployment.connections),
    ...differs("hard_limit", service.concurrency.hard_limit, deployment.maxConnections),
    ...idleProblems("idle_timeout", service.http_options.idle_timeout * 1_000, deployment),
    ...differs("path", service.checks[0].path, "/readyz"),
  ];
};

const RENDER: KeyTable = {
  services: {
    type: true,
    name: true,
    runtime: true,
    plan: true,
    buildCommand: true,
    startCommand: true,
    healthCheckPath: true,
    maxShutdownDelaySeconds: true,
    numInstances: true,
    scaling: { minInstances: true, maxInstances: true, targetCPUPercent: true, targetMemoryPercent: true },
    domains: true,
    envVars: {
      key: true,
      value: true,
      generateValue: true,
      fromService: { type: true, name: true, property: true },
    },
    maxmemoryPolicy: true,
    ipAllowList: true,
  },
};

export const checkRender: Check = (files, deployment) => {
  const tree = parse(textOf(files, "render.yaml")) as Tree;
  const keys = unknownKeys(tree, RENDER);
  if (keys.length > 0) return keys;
  const [web, ...others] = tree.services;
  const variables = Object.fromEntries(web.envVars.map((one: Tree) => [one.key, one.value ?? "secret"]));
  const references = web.envVars.flatMap((one: Tree) => one.fromService?.name ?? []);
  return [
    ...differs("type", web.type, "web"),
    ...differs("healthCheckPath", web.healthCheckPath, "/readyz"),
    ...holds(web.maxShutdownDelaySeconds <= 300, "maxShutdownDelaySeconds must be at most 300"),
    ...environmentProblems(variables, deployment, web.maxShutdownDelaySeconds * 1_000),
    ...differs("startCommand", web.startCommand, `exec node_modules/.bin/hawser run ${deployment.entry}`),
    ...holds((web.scaling === undefined) !== (web.numInstances === undefined), "scaling or numInstances"),
    ...references.flatMap((name: string) =>
      holds(
        others.some((one: Tree) => one.name === name),
        `no service ${name}`,
      ),
    ),
  ];
};

const HEROKU: KeyTable = {
  name: true,
  description: true,
  stack: true,
  buildpacks: { url: true },
  formation: { web: { quantity: true, size: true } },
  env: { "*": { description: true, value: true } },
  addons: { plan: true, as: true },
};

/** Heroku's own, milliseconds. */
const HEROKU_KILLS_AFTER = 30_000;

export const checkHeroku: Check = (files, deployment) => {
  const tree = JSON.parse(textOf(files, "app.json")) as Tree;
  const keys = unknownKeys(tree, HEROKU);
  if (keys.length > 0) return keys;
  const variables = Object.fromEntries(Object.entries<Tree>(tree.env).map(([name, { value }]) => [name, value]));
  return [
    ...differs("Procfile", textOf(files, "Procfile"), `web: exec node_modules/.bin/hawser run ${deployment.entry}\n`),
    ...environmentProblems(variables, deployment, HEROKU_KILLS_AFTER),
    ...holds(!("PORT" in variables), "Heroku sets PORT"),
  ];
};

/** Of \`koyeb apps init\` and \`koyeb services update\`. */
const KOYEB: ReadonlySet<string> = new Set([
  "docker",
  "docker-args",
  "ports",
  "routes",
  "checks",
  "instance-type",
  "min-scale",
  "max-scale",
  "autoscaling-concurrent-requests",
  "env",
]);

export const checkKoyeb: Check = (files, deployment) => {
  const found = textOf(files, "koyeb.sh").matchAll(/--([\w-]+) '([^']*)'/g);
  const flags = Array.from(found, ([, name = "", value = ""]) => [name, value] as const);
  const all = (name: string) => flags.filter(([one]) => one === name).map(([, value]) => value);
  const variables = Object.fromEntries(all("env").map((one) => one.split(/=(.*)/s).slice(0, 2)));
  const { port } = deployment;
  return [
    ...shellProblems("sh", textOf(files, "koyeb.sh")),
    ...flags.flatMap(([name]) => holds(KOYEB.has(name), `--${name} is no flag of koyeb`)),
    ...differs("ports", all("ports"), [`${port}:http`]),
    ...differs("routes", all("routes"), [`/:${port}`]),
    ...differs("checks", all("checks"), [`${port}:http:/readyz`]),
    ...differs("image", all("docker"), [deployment.image]),
    ...environmentProblems(variables, deployment, deployment.grace - deployment.preStop),
    ...holds(Number(all("min-scale")) <= Number(all("max-scale")), "min-scale must not exceed max-scale"),
  ];
};
