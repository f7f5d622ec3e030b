/** Routers of others, started for a test on a free port with a configuration of its own, and stopped with it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./folder.ts";

interface RouterProgram {
  readonly path: string;
  readonly arguments: (configuration: string, folder: string) => readonly string[];
}

const PROGRAMS = {
  nginx: {
    path: "/usr/sbin/nginx",
    arguments: (configuration, folder) => ["-e", "stderr", "-p", folder, "-c", configuration],
  },
  haproxy: { path: "/usr/sbin/haproxy", arguments: (configuration) => ["-db", "-q", "-f", configuration] },
} as const satisfies Record<string, RouterProgram>;

export type RouterName = keyof typeof PROGRAMS;

/** Starts a router in the foreground; resolves once it takes connections at the port. */
export async function startRouter(name: RouterName, configuration: string, port: number): Promise<ChildProcess> {
  const program = PROGRAMS[name];
  const folder = temporaryFolder();
  const path = join(folder, "router.conf");
  writeFileSync(path, configuration);
  const router = spawn(program.path, program.arguments(path, folder), { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  router.stderr.on("data", (text) => {
    errors += text;
  });
  onTestFinished(async () => {
    if (router.exitCode !== null) return;
    router.kill("SIGTERM");
    await once(router, "exit");
  });
  while (!(await accepts(port))) {
    if (router.exitCode !== null) throw new Error(`${name} ended with ${router.exitCode}: ${errors}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return router;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
