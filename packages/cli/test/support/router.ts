/** Routers of others, started for a test with a configuration of its own, and stopped with it. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { GeneratedFile } from "../../src/generate/target.ts";
import { writeFiles } from "../../src/generate/write.ts";
import { temporaryFolder } from "./folder.ts";

interface CommandLine {
  readonly program: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

interface RouterProgram {
  /** Writes what only a test needs: places for files, nothing that routes. */
  prepare?(folder: string): void;
  /** In the foreground. */
  run(folder: string, file: string): CommandLine;
  /** Only looks at the configuration. */
  check(folder: string, file: string): CommandLine;
  /** Takes the configuration anew. */
  reload(router: ChildProcess, line: CommandLine, file: string): Promise<void>;
}

/** Where Debian's own configuration has them loaded by default, or its users with a2enmod. */
const APACHE_MODULES =
  "mpm_event authz_core headers proxy proxy_http proxy_balancer proxy_hcheck lbmethod_byrequests lbmethod_bybusyness slotmem_shm watchdog reqtimeout ssl http2";

const apacheModules = APACHE_MODULES.split(" ")
  .map((name) => [name, `/usr/lib/apache2/modules/mod_${name}.so`] as const)
  // watchdog is built in
  .filter(([, path]) => existsSync(path))
  .map(([name, path]) => `LoadModule ${name}_module ${path}`)
  .join("\n");

/** The server's own file, that includes the generated one. */
function apacheMain(folder: string): string {
  const site = readdirSync(folder).find((name) => name.endsWith(".conf"));
  return `ServerRoot ${folder}
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
ServerName localhost
User www-data
Group www-data
${apacheModules}
Include ${folder}/${site}
`;
}

const PROGRAMS = {
  nginx: {
    prepare(folder) {
      mkdirSync(join(folder, "conf.d"), { recursive: true });
      const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
      const places = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};\n`).join("");
      writeFileSync(join(folder, "conf.d", "test.conf"), places);
    },
    run: (folder, file) => nginx(folder, file, `daemon off; pid ${folder}/nginx.pid;`),
    check: (folder, file) => {
      const { program, words } = nginx(folder, file, `pid ${folder}/nginx.pid;`);
      return { program, words: ["-t", "-q", ...words] };
    },
    reload: (router) => signalled(router, "SIGHUP"),
  },
  haproxy: {
    run: (_folder, file) => ({ program: "/usr/sbin/haproxy", words: ["-W", "-db", "-q", "-f", file] }),
    check: (_folder, file) => ({ program: "/usr/sbin/haproxy", words: ["-c", "-q", "-f", file] }),
    reload: (router) => signalled(router, "SIGUSR2"),
  },
  caddy: {
    run: (folder, file) => caddy("run", folder, file),
    check: (folder, file) => caddy("validate", folder, file),
    async reload(_router, { environment = {} }, file) {
      const words = ["reload", "--force", "--adapter", "caddyfile", "--config", file];
      await once(spawn("/usr/bin/caddy", words, { stdio: "ignore", env: { ...process.env, ...environment } }), "exit");
    },
  },
  apache: {
    prepare: (folder) => writeFileSync(join(folder, "main.httpd"), apacheMain(folder)),
    run: (folder) => ({ program: "/usr/sbin/apache2", words: ["-DFOREGROUND", "-f", join(folder, "main.httpd")] }),
    check: (folder) => ({ program: "/usr/sbin/apache2", words: ["-t", "-f", join(folder, "main.httpd")] }),
    reload: (router) => signalled(router, "SIGUSR1"),
  },
  nghttpx: {
    run: (_folder, file) => ({ program: "/usr/sbin/nghttpx", words: [`--conf=${file}`] }),
    check: (_folder, file) => ({ program: "/usr/sbin/nghttpx", words: [`--conf=${file}`, "--version"] }),
    reload: (router) => signalled(router, "SIGUSR2"),
  },
} as const satisfies Record<string, RouterProgram>;

export type RouterName = keyof typeof PROGRAMS;

async function signalled(router: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  router.kill(signal);
}

/** The file that names the others. */
const MAIN: Readonly<Record<RouterName, string>> = {
  nginx: "nginx.conf",
  haproxy: "haproxy.cfg",
  caddy: "Caddyfile",
  apache: "main.httpd",
  nghttpx: "nghttpx.conf",
};

function nginx(folder: string, file: string, more: string): CommandLine {
  return { program: "/usr/sbin/nginx", words: ["-e", "stderr", "-p", folder, "-c", file, "-g", more] };
}

/** Its admin endpoint is a socket, so that several can run; all it keeps is in the folder. */
function caddy(command: string, folder: string, file: string): CommandLine {
  const environment = {
    CADDY_ADMIN: `unix/${folder}/admin.sock`,
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
  return { program: "/usr/bin/caddy", words: [command, "--adapter", "caddyfile", "--config", file], environment };
}

export interface RunningRouter {
  readonly process: ChildProcess;
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a router from generated files in a folder; resolves once it takes connections at the port. */
export async function startGenerated(
  name: RouterName,
  files: readonly GeneratedFile[],
  { folder, port }: { readonly folder: string; readonly port: number },
): Promise<RunningRouter> {
  const program: RouterProgram = PROGRAMS[name];
  place(program, files, folder);
  const file = join(folder, MAIN[name]);
  const line = program.run(folder, file);
  const process = await started(name, line, port);
  return { process, reload: () => program.reload(process, line, file), stop: () => stopped(process) };
}

/** What the program itself says against generated files; nothing if all is well. */
export function programProblems(name: RouterName, files: readonly GeneratedFile[], folder: string): readonly string[] {
  const program: RouterProgram = PROGRAMS[name];
  place(program, files, folder);
  const { program: path, words, environment } = program.check(folder, join(folder, MAIN[name]));
  const { status, stderr } = spawnSync(path, words, { encoding: "utf8", env: { ...process.env, ...environment } });
  return status === 0 ? [] : stderr.trim().split("\n");
}

function place(program: RouterProgram, files: readonly GeneratedFile[], folder: string): void {
  // Some give up their rights before they read
  chmodSync(folder, 0o755);
  writeFiles(files, folder);
  program.prepare?.(folder);
}

/** Starts a router with one text; resolves once it takes connections at the port. */
export async function startRouter(name: RouterName, configuration: string, port: number): Promise<ChildProcess> {
  const folder = temporaryFolder();
  const file = join(folder, "router.conf");
  writeFileSync(file, configuration);
  const line = name === "nginx" ? nginx(folder, file, "") : PROGRAMS[name].run(folder, file);
  const router = await started(name, line, port);
  onTestFinished(() => stopped(router));
  return router;
}

async function started(
  name: string,
  { program, words, environment }: CommandLine,
  port: number,
): Promise<ChildProcess> {
  const router = spawn(program, words, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...environment },
  });
  let errors = "";
  router.stderr.on("data", (text) => {
    errors += text;
  });
  while (!(await accepts(port))) {
    if (router.exitCode !== null) throw new Error(`${name} ended with ${router.exitCode}: ${errors}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return router;
}

async function stopped(router: ChildProcess): Promise<void> {
  if (router.exitCode !== null || router.signalCode !== null) return;
  const ended = once(router, "exit");
  router.kill("SIGTERM");
  await ended;
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
