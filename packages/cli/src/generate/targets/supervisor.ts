/** supervisord: a program's section for its `conf.d`. */

import type { Deployment } from "../deployment.ts";
import { header, lines } from "../header.ts";
import type { Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";
import { commandOf, descriptorsOf, folderOf, isSupervised, processesOf, programsOf } from "../workers.ts";

export const supervisor: Target = {
  name: "supervisor",
  summary: "supervisord 4: <name>.conf for conf.d",
  generate: (deployment) => [{ path: `${deployment.name}.conf`, text: programText(deployment) }],
  lint: ({ listen, workers }) =>
    listen === "reuse-port" && workers === "auto"
      ? ["workers must be a number with supervisor and listen: reuse-port, because it starts each of them; got auto."]
      : [],
};

function programText(deployment: Deployment): string {
  const { name, user } = deployment;
  const { stop, probeInterval } = timingsOf(deployment);
  const notes = [
    `supervisord's own file needs minfds=${descriptorsOf(deployment)} or more in its section [supervisord].`,
    ...placeNotes(deployment),
  ];
  return `${header("supervisor", ";", ...notes)}
[program:${name}]
${lines(
  // The command is looked for by the environment below, not by supervisord's own
  `command=${isSupervised(deployment) ? "/usr/bin/env " : ""}${commandOf(deployment)}`,
  `directory=${folderOf(deployment)}`,
  `user=${user}`,
  ...numberLines(deployment),
  `environment=${environmentOf(deployment)}`,
  "autorestart=true",
  "; One that ends sooner has not started; the wait before the next attempt grows by a second each time, for more than an hour",
  `startsecs=${seconds(probeInterval)}`,
  "startretries=100",
  "stopsignal=TERM",
  "; Draining and closing, as the app was told; then SIGKILL",
  `stopwaitsecs=${seconds(stop)}`,
  "killasgroup=true",
  "redirect_stderr=true",
)}`;
}

function placeNotes({ listen, port }: Deployment): readonly string[] {
  const notes: Readonly<Record<Deployment["listen"], readonly string[]>> = {
    port: [],
    "reuse-port": ["The app listens with { port: Number(process.env.PORT), reusePort: true }."],
    ports: [`The app listens on process.env.PORT, from ${port} on.`],
    unix: ["The app listens with { path: process.env.SOCKET, mode: 0o666 }; who may enter the folder may connect."],
  };
  return notes[listen];
}

/** supervisord cannot add: where a port is counted, processes are numbered by it. */
function numberLines(deployment: Deployment): readonly string[] {
  const count = processesOf(deployment);
  if (count === 1 && deployment.listen === "port") return [];
  const first = deployment.listen === "ports" ? deployment.port : 1;
  return [`numprocs=${count}`, `numprocs_start=${first}`, "process_name=%(program_name)s-%(process_num)d"];
}

function environmentOf(deployment: Deployment): string {
  const { listen, port, socketPattern } = deployment;
  const path = isSupervised(deployment) ? `,PATH="${programsOf(deployment)}:%(ENV_PATH)s"` : "";
  const places: Readonly<Record<Deployment["listen"], string>> = {
    port: `PORT="${port}"`,
    "reuse-port": `PORT="${port}",REUSE_PORT="1"`,
    ports: 'PORT="%(process_num)d"',
    unix: `SOCKET="${socketPattern.replaceAll("%d", "%(process_num)d")}"`,
  };
  return `NODE_ENV="production",${places[listen]}${path}`;
}
