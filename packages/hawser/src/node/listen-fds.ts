/**
 * Listening descriptors that systemd hands over (socket activation): sd_listen_fds(3) in TypeScript.
 */

import { quote } from "../handshake/errors.ts";

/** A descriptor that is listening already: `serve(handler, { fd })`. */
export interface ListenFd {
  readonly fd: number;
  /** `FileDescriptorName=` of the socket unit; systemd's default is the unit's name. `undefined` if none are told. */
  readonly name: string | undefined;
}

/** Environment variables, such as `process.env`. */
export type Environment = Record<string, string | undefined>;

/** SD_LISTEN_FDS_START: behind standard input, output and error. */
const FIRST_FD = 3;

/** More than any process may have open by default. */
const MAX_FDS = 65_536;

const VARIABLES = ["LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"] as const;

/**
 * The descriptors handed over to this process, in the order of the unit's sockets; empty if there are none, or if they were meant
 * for another process, as where a shell or npm stands between systemd and this one: then let it `exec`.
 *
 * The variables are removed from `env`, so that no child takes the descriptors for its own: a second call finds none.
 *
 * ```ts
 * const [socket] = listenFds();
 * await serve(handler, socket ? { fd: socket.fd } : { port: 8765 });
 * ```
 *
 * @throws {Error} if the variables are malformed; they are left as they are.
 */
export function listenFds(env: Environment = process.env, pid: number = process.pid): ListenFd[] {
  const descriptors = readDescriptors(env, pid);
  for (const variable of VARIABLES) delete env[variable];
  return descriptors;
}

function readDescriptors(env: Environment, pid: number): ListenFd[] {
  const { LISTEN_PID: listenPid, LISTEN_FDS: listenFds, LISTEN_FDNAMES: listenNames } = env;
  if (listenPid === undefined || listenFds === undefined) return [];
  if (readNumber("LISTEN_PID", listenPid, Number.MAX_SAFE_INTEGER) !== pid) return [];
  const count = readNumber("LISTEN_FDS", listenFds, MAX_FDS);
  const names = readNames(listenNames, count);
  return Array.from({ length: count }, (_, index) => ({ fd: FIRST_FD + index, name: names[index] }));
}

function readNumber(variable: string, text: string, most: number): number {
  const number = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  throw new Error(`Cannot take over descriptors: ${variable} must be an integer from 0 to ${most}, got ${quote(text)}`);
}

function readNames(text: string | undefined, count: number): string[] {
  if (text === undefined || count === 0) return [];
  const names = text.split(":");
  if (names.length === count) return names;
  throw new Error(
    `Cannot take over descriptors: LISTEN_FDNAMES must have as many names as LISTEN_FDS says (${count}), got ${quote(text)}`,
  );
}
