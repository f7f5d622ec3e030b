/** systemd: a service with its socket, or a service for each place, and a target that starts them all. */

import { type Deployment, isLocal } from "../deployment.ts";
import { header, lines } from "../header.ts";
import type { GeneratedFile, Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";
import { commandOf, descriptorsOf, folderOf, isSupervised, processesOf, programsOf } from "../workers.ts";

export const systemd: Target = {
  name: "systemd",
  summary: "systemd 245 or newer: a service with its socket, or a template and a target",
  generate: (deployment) => (deployment.listen === "port" ? activated(deployment) : instances(deployment)),
  lint: (deployment) => [...countProblems(deployment), ...folderProblems(deployment)],
};

function countProblems({ listen, workers }: Deployment): readonly string[] {
  if (listen !== "reuse-port" || workers !== "auto") return [];
  return ["workers must be a number with systemd and listen: reuse-port, because it starts each of them; got auto."];
}

function folderProblems(deployment: Deployment): readonly string[] {
  const { listen, socketPattern } = deployment;
  if (listen !== "unix" || socketFolder(deployment) !== undefined) return [];
  return [
    `socketPattern must be within a folder of /run with systemd, which makes that folder for the app; got ${socketPattern}.`,
  ];
}

/** The socket stays while the service restarts: no connect is refused. */
function activated(deployment: Deployment): readonly GeneratedFile[] {
  const { name, port } = deployment;
  const socket = `${header("systemd", "#")}
[Unit]
Description=Where ${name} is reached

[Socket]
ListenStream=${isLocal(deployment) ? `127.0.0.1:${port}` : port}
# Connects that wait while the service restarts
Backlog=4096
NoDelay=true

[Install]
WantedBy=sockets.target
`;
  const notes = ["The app listens with { fd: listenFds()[0].fd }; hawser run does so by itself."];
  const service = serviceText(deployment, {
    notes,
    unit: [`Requires=${name}.socket`, `After=network.target ${name}.socket`],
    environment: [`Environment=PORT=${port}`],
    install: "multi-user.target",
  });
  return [
    { path: `${name}.socket`, text: socket },
    { path: `${name}.service`, text: service },
  ];
}

/** Each process is an instance of its own, restarted by itself. */
function instances(deployment: Deployment): readonly GeneratedFile[] {
  const { name, listen, port } = deployment;
  const first = listen === "ports" ? port : 1;
  const names = Array.from({ length: processesOf(deployment) }, (_, index) => `${name}@${first + index}.service`);
  const target = `${header("systemd", "#")}
[Unit]
Description=All processes of ${name}
${names.map((one) => `Wants=${one}\n`).join("")}
[Install]
WantedBy=multi-user.target
`;
  const service = serviceText(deployment, {
    notes: notesOf(deployment),
    unit: [`PartOf=${name}.target`, "After=network.target"],
    environment: placeOf(deployment),
    install: `${name}.target`,
  });
  return [
    { path: `${name}.target`, text: target },
    { path: `${name}@.service`, text: service },
  ];
}

function notesOf({ listen, user }: Deployment): readonly string[] {
  const notes: Readonly<Record<Deployment["listen"], readonly string[]>> = {
    port: [],
    "reuse-port": ["The app listens with { port: Number(process.env.PORT), reusePort: true }."],
    ports: ["The app listens on process.env.PORT."],
    unix: [
      "The app listens with { path: process.env.SOCKET, mode: 0o666 }; who may enter the folder may connect.",
      `The user must be there: useradd --system ${user}`,
    ],
  };
  return notes[listen];
}

function placeOf({ listen, port, socketPattern }: Deployment): readonly string[] {
  if (listen === "unix") return [`Environment=SOCKET=${socketPattern.replaceAll("%d", "%i")}`];
  if (listen === "ports") return ["Environment=PORT=%i"];
  return [`Environment=PORT=${port}`, "Environment=REUSE_PORT=1"];
}

/** Below /run, where the sockets are; `undefined` where systemd makes no folder. */
function socketFolder({ socketPattern }: Deployment): string | undefined {
  const [, folder] = /^\/run\/(.+)\/[^/]+$/.exec(socketPattern) ?? [];
  return folder?.replaceAll("%d", "%i");
}

interface Service {
  readonly notes: readonly string[];
  readonly unit: readonly string[];
  readonly environment: readonly string[];
  readonly install: string;
}

/** Seconds without a word of `hawser run` after which it hangs. */
const WATCHDOG = 30;

/** What systemd gives services by itself. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function serviceText(deployment: Deployment, { notes, unit, environment, install }: Service): string {
  const { name, user, listen, memory } = deployment;
  const supervised = isSupervised(deployment);
  return `${header("systemd", "#", ...notes)}
[Unit]
Description=${name}${listen === "port" ? "" : ", process %i"}
${lines(...unit, "# It is started again for ever: by default, five ends in ten seconds would be the last", "StartLimitIntervalSec=0")}
[Service]
${lines(
  supervised && "# hawser run says when it is ready, and that it lives",
  `Type=${supervised ? "notify" : "exec"}`,
  supervised && "NotifyAccess=all",
  supervised && `WatchdogSec=${WATCHDOG}`,
  "# Not a shell or npm: sockets are meant for the process that is started",
  `ExecStart=/usr/bin/env ${commandOf(deployment)}`,
  supervised && "ExecReload=/bin/kill -HUP $MAINPID",
  `WorkingDirectory=${folderOf(deployment)}`,
  "Environment=NODE_ENV=production",
  supervised && `Environment=PATH=${programsOf(deployment)}:${SYSTEM_PATH}`,
  ...environment,
  "Restart=always",
  "RestartSec=1",
  "# Draining and closing, as the app was told; then SIGKILL",
  `TimeoutStopSec=${seconds(timingsOf(deployment).stop)}`,
  "KillMode=mixed",
  `LimitNOFILE=${descriptorsOf(deployment)}`,
  `MemoryMax=${memoryOf(deployment, memory)}`,
  "",
  `User=${user}`,
  ...(listen === "unix" ? folderLines(deployment) : ["DynamicUser=yes"]),
  "NoNewPrivileges=yes",
  "ProtectSystem=strict",
  `ProtectHome=${/^\/(home|root)\//.test(folderOf(deployment)) ? "read-only" : "yes"}`,
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
)}
[Install]
WantedBy=${install}
`;
}

/** A user that systemd makes up would have it below /run/private, where no router gets. */
function folderLines(deployment: Deployment): readonly string[] {
  return [
    "# Shared by all instances: it stays while one of them restarts",
    `RuntimeDirectory=${socketFolder(deployment)}`,
    "RuntimeDirectoryPreserve=yes",
    "RestrictSUIDSGID=yes",
  ];
}

/** Of all processes of the unit; with `auto`, nobody knows how many. */
function memoryOf({ listen, workers }: Deployment, memory: number): string {
  if (listen !== "port" || workers === 1) return String(memory);
  const count = typeof workers === "object" ? workers.max : workers;
  return count === "auto" ? "infinity" : String(memory * (count + 1));
}
