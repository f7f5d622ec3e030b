/** The app under process managers, started from generated files. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Connection, connect } from "hawser";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { ECHO_APP } from "./support/apps.ts";
import { temporaryFolder } from "./support/folder.ts";
import { freePorts } from "./support/free-ports.ts";
import { type Flags, filesOf, testDeployment } from "./support/generated-route.ts";
import { accepts } from "./support/router.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const PROCESSES = 4;

async function pidOf(ws: Connection): Promise<number> {
  await ws.send("?");
  return Number(await ws.recv());
}

/** A process of the manager in the foreground, ended with the test. */
function run(program: string, words: readonly string[], cwd: string): ChildProcess {
  const child = spawn(program, words, { cwd, stdio: "ignore", env: { ...process.env, PATH: PATH } });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
  return child;
}

const PROGRAMS = temporaryPrograms();

/** The app's own Node, and the command as it was built. */
const PATH = [PROGRAMS, dirname(process.execPath), process.env["PATH"]].join(delimiter);

/** Not npm's own link: it makes none for a program that was not yet built when it installed. */
function temporaryPrograms(): string {
  const folder = mkdtempSync(join(tmpdir(), "hawser-programs-"));
  symlinkSync(join(ROOT, "packages/cli/dist/bin.js"), join(folder, "hawser"));
  return folder;
}

afterAll(() => rmSync(PROGRAMS, { recursive: true, force: true }));

/** An app as the guides have it, in a folder in which it finds the library. */
function placeApp(folder: string): string {
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const path = join(folder, "server.mjs");
  writeFileSync(path, APP);
  return path;
}

const APP = `import { healthChecks, listenFds, serve, shutdownOn } from "hawser";
const [socket] = listenFds();
const place = socket ? { fd: socket.fd } : { host: "127.0.0.1", port: Number(process.env.PORT) };
const server = await serve(
  { message: (ws, message) => ws.send(message === "?" ? String(process.pid) : message) },
  { ...place, processRequest: healthChecks(() => server) },
);
shutdownOn(server);
`;

/** Until as many processes as that have answered; those that were asked stay connected. */
async function connectToAll(url: string, count: number): Promise<Map<number, Connection>> {
  const found = new Map<number, Connection>();
  while (found.size < count) {
    const ws = await connect(url, { proxy: null });
    const pid = await pidOf(ws);
    if (found.has(pid)) await ws.close();
    else found.set(pid, ws);
  }
  return found;
}

async function untilAccepted(ports: readonly number[]): Promise<void> {
  for (const port of ports) while (!(await accepts(port))) await pause();
}

/** Connects as soon as there is somebody: the socket of a process that was killed may accept for a moment longer. */
async function connectedAgain(url: string): Promise<Connection> {
  for (;;) {
    const ws = await connect(url, { proxy: null }).catch(pause);
    if (ws !== undefined) return ws;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

describeWith("supervisor", "supervisord", () => {
  /** The generated file with the one that Debian installs in its place. */
  function supervise(folder: string, flags: Flags): ChildProcess {
    const deployment = testDeployment({ entry: ECHO_APP, user: userInfo().username, workers: "4", ...flags }, folder);
    const [file] = filesOf("supervisor", deployment);
    mkdirSync(join(folder, "log"));
    writeFileSync(join(folder, "chat.conf"), file!.text);
    const main = `[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=${folder}/pid\nchildlogdir=${folder}/log\n[include]\nfiles=chat.conf\n`;
    writeFileSync(join(folder, "supervisord.conf"), main);
    return run("/usr/bin/supervisord", ["-c", join(folder, "supervisord.conf")], folder);
  }

  test("four processes: each is there, kill -9 is respawned, SIGTERM reaches clients as 1001", async () => {
    const folder = temporaryFolder();
    const first = await freePorts();
    const ports = Array.from({ length: PROCESSES }, (_, index) => first + index);
    const manager = supervise(folder, { listen: "ports", port: String(first) });
    await untilAccepted(ports);
    const connections = await Promise.all(ports.map((port) => connect(`ws://127.0.0.1:${port}`, { proxy: null })));
    const pids = await Promise.all(connections.map(pidOf));
    expect(new Set(pids).size).toBe(PROCESSES);

    process.kill(pids[0]!, "SIGKILL");
    await connections[0]!.waitClosed();
    expect(connections[0]!.closeCode).toBe(1006);
    const again = await connectedAgain(`ws://127.0.0.1:${first}`);
    expect(await pidOf(again)).not.toBe(pids[0]);

    const ended = once(manager, "exit");
    manager.kill("SIGTERM");
    const rest = [again, ...connections.slice(1)];
    await Promise.all(rest.map((ws) => ws.waitClosed()));
    expect(rest.map(({ closeCode }) => closeCode)).toEqual(rest.map(() => 1001));
    await ended;
    expect(await Promise.all(ports.map(accepts))).toEqual(ports.map(() => false));
  });

  test("four processes on one port: kill -9 is respawned, SIGTERM reaches clients as 1001", async () => {
    const folder = temporaryFolder();
    const port = await freePorts(2);
    const flags = { entry: placeApp(folder), listen: "port", port: String(port), adminPort: String(port + 1) };
    const manager = supervise(folder, flags);
    await untilAccepted([port]);
    const url = `ws://127.0.0.1:${port}`;
    const [killed, ...rest] = await connectToAll(url, PROCESSES);
    process.kill(killed![0], "SIGKILL");
    await killed![1].waitClosed();
    expect(killed![1].closeCode).toBe(1006);
    const again = await connectToAll(url, PROCESSES);
    expect([...again.keys()]).not.toContain(killed![0]);

    const ended = once(manager, "exit");
    manager.kill("SIGTERM");
    const all = [...again.values(), ...rest.map(([, ws]) => ws)];
    await Promise.all(all.map((ws) => ws.waitClosed()));
    expect(new Set(all.map(({ closeCode }) => closeCode))).toEqual(new Set([1001]));
    await ended;
    expect(await accepts(port)).toBe(false);
  });

  test("a socket for each process", async () => {
    const folder = temporaryFolder();
    supervise(folder, { listen: "unix", socketPattern: `${folder}/%d.sock` });
    const paths = Array.from({ length: PROCESSES }, (_, index) => `${folder}/${index + 1}.sock`);
    while (!paths.every((path) => existsSync(path))) await pause();
    const connections = await Promise.all(paths.map((path) => connect("ws://localhost/", { path })));
    expect(new Set(await Promise.all(connections.map(pidOf))).size).toBe(PROCESSES);
    await Promise.all(connections.map((ws) => ws.close()));
  });
});

describeWith("systemd", "socket activation", () => {
  test("the app takes the socket that systemd opened, and the clients that came before", async () => {
    const folder = temporaryFolder();
    const port = await freePorts(1);
    const files = filesOf("systemd", testDeployment({ entry: ECHO_APP, workers: "1", port: String(port) }, folder));
    const [, place] = /^ListenStream=(.+)$/m.exec(files[0]!.text) ?? [];
    const [, command] = /^ExecStart=(.+)$/m.exec(files[1]!.text) ?? [];
    const [, cwd] = /^WorkingDirectory=(.+)$/m.exec(files[1]!.text) ?? [];
    expect(command).toBe("/usr/bin/env node echo-app.mjs");
    run("/usr/bin/systemd-socket-activate", ["-l", place!, "-E", "PATH", ...command!.split(" ")], cwd!);
    await untilAccepted([port]);
    // The process is started by the first client, who waits in the socket's queue
    const ws = await connect(`ws://127.0.0.1:${port}`, { proxy: null });
    process.kill(await pidOf(ws), "SIGTERM");
    await ws.waitClosed();
    expect(ws.closeCode).toBe(1001);
  });
});

describeWith("systemd", "socket activation of hawser run", () => {
  test("its workers share the socket that systemd opened", async () => {
    const folder = temporaryFolder();
    const port = await freePorts(2);
    const flags = { entry: placeApp(folder), workers: "2", port: String(port), adminPort: String(port + 1) };
    const [socket, service] = filesOf("systemd", testDeployment(flags, folder));
    const [, place] = /^ListenStream=(.+)$/m.exec(socket!.text) ?? [];
    const [, command] = /^ExecStart=(.+)$/m.exec(service!.text) ?? [];
    const manager = run(
      "/usr/bin/systemd-socket-activate",
      ["-l", place!, "-E", "PATH", ...command!.split(" ")],
      folder,
    );
    await untilAccepted([port]);
    const all = await connectToAll(`ws://127.0.0.1:${port}`, 2);
    // It has become the program that it started
    manager.kill("SIGTERM");
    await Promise.all(Array.from(all.values(), (ws) => ws.waitClosed()));
    expect(Array.from(all.values(), ({ closeCode }) => closeCode)).toEqual([1001, 1001]);
  });
});

describe("a port for all", () => {
  test("supervisor starts hawser run where nothing else shares a port out", () => {
    const [file] = filesOf("supervisor", testDeployment({ workers: "4" }, temporaryFolder()));
    expect(file!.text).toMatch(/^command=\/usr\/bin\/env hawser run --workers 4 .*server\.js$/m);
    expect(file!.text).not.toContain("numprocs");
  });
});
