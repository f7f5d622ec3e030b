/** A program's section of supervisord, which passes over keys that it does not know: keys, places and numbers are checked here. */

import type { Deployment } from "../../src/generate/deployment.ts";
import { processesOf } from "../../src/generate/workers.ts";

/** Of `[program:x]`, as supervisord's documentation has them. */
const KEYS: ReadonlySet<string> = new Set(
  (
    "command process_name numprocs numprocs_start directory umask priority autostart autorestart startsecs startretries " +
    "exitcodes stopsignal stopwaitsecs stopasgroup killasgroup user redirect_stderr environment"
  ).split(" "),
);

export function sectionProblems(text: string, deployment: Deployment): readonly string[] {
  const [heading, ...lines] = text.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  const entries = lines.map((line) => /^(\w+)=(.+)$/.exec(line)?.slice(1) ?? [line, ""]);
  const values = new Map(entries as [string, string][]);
  const { listen, port, socketPattern } = deployment;
  const places: Readonly<Record<Deployment["listen"], string>> = {
    port: `PORT="${port}"`,
    "reuse-port": `PORT="${port}"`,
    ports: 'PORT="%(process_num)d"',
    unix: `SOCKET="${socketPattern.replace("%d", "%(process_num)d")}"`,
  };
  const first = listen === "ports" ? port : 1;
  return [
    ...(heading === `[program:${deployment.name}]` ? [] : [`the section is ${heading}`]),
    ...entries.flatMap(([key]) => (KEYS.has(key!) ? [] : [`${key} is no known key`])),
    ...(values.size === entries.length ? [] : ["a key stands there twice"]),
    ...(values.get("environment")?.includes(places[listen]) ? [] : [`the environment has no ${places[listen]}`]),
    ...(Number(values.get("numprocs") ?? 1) === processesOf(deployment) ? [] : ["numprocs"]),
    ...(Number(values.get("numprocs_start") ?? first) === first ? [] : ["numprocs_start"]),
  ];
}
