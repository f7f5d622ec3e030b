/**
 * How a server drives the sockets that it accepts: what the option `transport` asks for, as far as this process and the other
 * options allow it.
 */

import { findDirectDriver } from "./direct-writes.ts";
import { tryHandlesOnce } from "./handle-trial.ts";
import type { Logger } from "./logger.ts";
import type { ServeOptions } from "./serve-options.ts";
import { canShareReads } from "./shared-reads.ts";
import type { HandleDriver, HandleKind } from "./tcp-handles.ts";

export interface SocketDrive {
  /** Whether sockets read into one buffer, where that is possible. */
  readonly sharesReads: boolean;
  /** What writes to those sockets past their streams, if that is possible. */
  readonly directDriver: HandleDriver | undefined;
  /** What takes the place of sockets. */
  readonly handles: HandleDrive | undefined;
}

export interface HandleDrive {
  readonly driver: HandleDriver;
  readonly kind: HandleKind;
}

type DriveOptions = Pick<ServeOptions, "transport" | "tls" | "proxyProtocol" | "path">;

/** Where `transport: "handle"` cannot be had, what `"auto"` does, and a warning. */
export async function chooseDrive(options: DriveOptions, logger: Logger): Promise<SocketDrive> {
  const { transport = "auto", tls, proxyProtocol = "off" } = options;
  const handles = transport === "handle" ? await findHandles(options, logger) : undefined;
  // Encryption reads into memory of its own, and so does who reads a PROXY header: then there is nothing to try out
  const isPlain = tls === undefined && proxyProtocol === "off";
  const sharesReads = isPlain && transport !== "stream" && (await canShareReads());
  const directDriver = sharesReads && handles === undefined ? await findDirectDriver() : undefined;
  return { sharesReads, directDriver, handles };
}

/** Says that `transport: "handle"` is not what happens, and `why`: a clause. */
export function warnOfStreams(why: string, logger: Logger): void {
  logger.warn({ transport: "handle", reason: why }, "sockets are driven as streams");
  process.emitWarning(`Hawser drives sockets as streams in spite of transport "handle": ${why}`, {
    code: "HAWSER_NO_HANDLES",
  });
}

async function findHandles(options: DriveOptions, logger: Logger): Promise<HandleDrive | undefined> {
  const kind = options.path === undefined ? "tcp" : "pipe";
  const obstacle = findObstacle(options);
  const { driver, trouble = "" } = obstacle === undefined ? await tryHandlesOnce(kind) : { trouble: obstacle };
  if (driver !== undefined) return { driver, kind };
  warnOfStreams(trouble, logger);
  return undefined;
}

/** Options for which connections are streams of Node's in any case. */
function findObstacle({ tls, proxyProtocol = "off" }: DriveOptions): string | undefined {
  if (tls !== undefined) return "with the option tls, Node encrypts streams";
  if (proxyProtocol !== "off") return "with the option proxyProtocol, the header is read from streams";
  return undefined;
}
