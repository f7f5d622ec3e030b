/**
 * Where a server listens: the options of `serve()` as those of `net.Server.listen()`.
 */

import { chmod, lstat, unlink } from "node:fs/promises";
import { connect, type ListenOptions } from "node:net";
import { checkLimit } from "./option-checks.ts";
import type { ServeOptions } from "./serve-options.ts";
import { ServerDefaults } from "./server-options.ts";

type Place = Pick<ServeOptions, "port" | "host" | "path" | "fd" | "reusePort" | "backlog">;

/** @throws {RangeError | TypeError | Error} for a value that is not allowed, or that this Node does not have. */
export function listenOptions(options: Place): ListenOptions {
  const backlog = checkLimit("serve", "backlog", options.backlog ?? ServerDefaults.BACKLOG);
  if (options.fd !== undefined) return { fd: options.fd, backlog } as ListenOptions;
  if (options.path !== undefined) return { path: options.path, backlog };
  const { port = 0, host, reusePort = false } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Cannot serve: port must be an integer from 0 to 65535, got ${String(port)}`);
  }
  if (reusePort) requireReusePort(process.versions.node);
  return { port, backlog, ...(host === undefined ? {} : { host }), ...(reusePort ? { reusePort } : {}) };
}

/** Older versions ignore the option without a word, and the second process fails with EADDRINUSE. */
export function requireReusePort(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return;
  throw new Error(`Cannot serve: reusePort needs Node 22.12 or later, this is ${version}`);
}

/**
 * Lets others than the server's own user connect to its Unix socket, or not. Linux's abstract sockets and Windows' pipes are no
 * files and have no mode.
 */
export async function setMode(path: string, mode: number = ServerDefaults.MODE): Promise<void> {
  if (!path.startsWith("\0") && process.platform !== "win32") await chmod(path, mode);
}

/** Removes a Unix socket that nobody listens on any more. Whether there was one. */
export async function removeStaleSocket(path: string): Promise<boolean> {
  // A connection to any other file is refused as well, and that file is somebody's
  if (!(await isSocket(path))) return false;
  const isStale = await new Promise<boolean>((resolve) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
  if (isStale) await unlink(path);
  return isStale;
}

async function isSocket(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSocket();
  } catch {
    return false;
  }
}
