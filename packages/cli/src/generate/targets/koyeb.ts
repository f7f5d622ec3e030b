/**
 * Koyeb: a script for its command line, which has no file of its own.
 */

import type { Deployment } from "../deployment.ts";
import { edgeProblems } from "../edge.ts";
import { fleetOf, runEnvironment } from "../fleet.ts";
import { header } from "../header.ts";
import type { Target } from "../target.ts";

export const koyeb: Target = {
  name: "koyeb",
  summary: "a script that makes or updates the service on Koyeb",
  generate: (deployment) => [{ path: "koyeb.sh", text: script(deployment) }],
  lint: (deployment) => edgeProblems(deployment, "on Koyeb"),
};

const NOTES = [
  "sh koyeb.sh, after koyeb login: makes the app and its service the first time, and updates it afterwards.",
  "How long Koyeb waits between SIGTERM and SIGKILL is not documented: hawser connect shows whether clients see 1001.",
];

function script(deployment: Deployment): string {
  const { name } = deployment;
  return `#!/bin/sh
${header("koyeb", "#", ...NOTES)}
set -eu

if koyeb services get ${name}/${name} > /dev/null 2>&1; then
  set -- services update ${name}/${name}
else
  set -- apps init ${name}
fi

${flagsOf(deployment)}
exec koyeb "$@"
`;
}

/** \`set --\` line by line, so that each has room for its reason. */
function flagsOf(deployment: Deployment): string {
  const { image, entry, port, engine } = deployment;
  const variables = {
    ...runEnvironment(deployment, { workers: "1" }),
    // Of the secret with that name
    ...(engine === "none" ? {} : { [`${engine.toUpperCase()}_URL`]: `@${engine}-url` }),
  };
  const lines: readonly (readonly [reason: string, ...flags: string[]])[] = [
    ["The image's own entry point is hawser run", flag("docker", image), flag("docker-args", entry)],
    ["", flag("ports", `${port}:http`), flag("routes", `/:${port}`)],
    ["On the port of the clients: the program answers it with healthChecks()", flag("checks", `${port}:http:/readyz`)],
    ["One core for one process", flag("instance-type", "medium")],
    ...scaling(deployment),
    ["", ...Object.entries(variables).map(([key, value]) => flag("env", `${key}=${value}`))],
  ];
  return lines
    .map(([reason, ...flags]) => `${reason === "" ? "" : `# ${reason}\n`}set -- "$@" ${flags.join(" ")}\n`)
    .join("");
}

/** An open connection is a request under way. */
function scaling(deployment: Deployment): readonly (readonly [string, ...string[]])[] {
  const { min, max, isElastic } = fleetOf(deployment);
  const scale = [flag("min-scale", String(min)), flag("max-scale", String(max))];
  if (!isElastic) return [["", ...scale]];
  return [
    [
      "An open connection is a request that is under way",
      ...scale,
      flag("autoscaling-concurrent-requests", String(deployment.connections)),
    ],
  ];
}

function flag(name: string, value: string): string {
  return `--${name} '${value.replaceAll("'", "'\\''")}'`;
}
