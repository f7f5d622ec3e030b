/** Where clients connect to, of where a server says that it listens. */

import { CommandError } from "../command.ts";
import type { ListeningAddress } from "./answers.ts";

/** All interfaces, and the loopback address that is one of them. */
const ANY: Readonly<Record<string, string>> = { "::": "127.0.0.1", "0.0.0.0": "127.0.0.1" };

/**
 * @param url what the user gave; without a port, it gets the server's
 * @throws {CommandError} for a Unix socket
 */
export function urlOf(listening: ListeningAddress, url: string | undefined): string {
  const given = url === undefined ? undefined : new URL(url);
  if (given !== undefined && given.port !== "") return given.href;
  if (typeof listening === "string") {
    throw new CommandError(
      `the program listens on the Unix socket ${listening}: plan needs a TCP port, --url names one.`,
    );
  }
  if (given !== undefined) {
    given.port = String(listening.port);
    return given.href;
  }
  const host = ANY[listening.address] ?? listening.address;
  return `ws://${host.includes(":") ? `[${host}]` : host}:${listening.port}/`;
}
