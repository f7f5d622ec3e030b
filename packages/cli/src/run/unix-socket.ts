/** Unix sockets as files: their mode, and those that a process which was killed has left behind. */

import { chmod, lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";

/** Abstract sockets are no files and have no mode. */
export async function setMode(path: string, mode: number): Promise<void> {
  if (!path.startsWith("\0")) await chmod(path, mode);
}

/** Removes the socket if nobody answers on it. Whether it did. */
export async function removeStaleSocket(path: string): Promise<boolean> {
  const file = await lstat(path).catch(() => undefined);
  if (file?.isSocket() !== true || (await isAnswered(path))) return false;
  await unlink(path);
  return true;
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED"));
  });
}
