/**
 * `serve()`: options to a running server.
 */

import { Attachment } from "./attachment.ts";
import { diagnostics } from "./diagnostics.ts";
import { checkHandler, type Handler } from "./handler.ts";
import { listenOptions, removeStaleSocket, setMode } from "./listen-options.ts";
import { SocketListener } from "./listener.ts";
import type { Logger } from "./logger.ts";
import type { ServeOptions } from "./serve-options.ts";
import { Server } from "./server.ts";
import { ServerCore } from "./server-core.ts";
import { resolveServeOptions } from "./server-options.ts";
import { chooseDrive, warnOfStreams } from "./socket-drive.ts";
import { systemWheel } from "./timing-wheel.ts";

/**
 * Starts a WebSocket server, and resolves once it listens.
 *
 * `handler` is a function that runs for the life of each connection, or an object of hooks.
 *
 * @throws {TypeError | RangeError} for an unknown option or a value that is not allowed.
 * @throws {Error} what Node reports when it cannot listen, such as `EADDRINUSE`.
 *
 * @example
 * ```ts
 * import { connect, serve } from "hawser";
 *
 * const server = await serve(async (ws) => {
 *   for await (const message of ws) await ws.send(message);
 * });
 *
 * const ws = await connect(`ws://localhost:${server.port}`);
 * await ws.send("hello");
 * console.log(await ws.recv());
 * await server.close();
 * ```
 */
export async function serve<UserData = unknown>(
  handler: Handler<UserData>,
  options: ServeOptions<UserData> = {},
): Promise<Server<UserData>> {
  checkHandler(handler);
  const core = new ServerCore(handler, resolveServeOptions(options), systemWheel);
  options.signal?.throwIfAborted();
  await core.topics.start();
  const server = await begin(core, handler, options);
  if (diagnostics.serverListening.hasSubscribers) diagnostics.serverListening.publish({ server: server as Server });
  closeOnAbort(server, options.signal);
  return server;
}

/** Whatever keeps the server from beginning, its backplane is closed. */
async function begin<UserData>(
  core: ServerCore<UserData>,
  handler: Handler<UserData>,
  options: ServeOptions<UserData>,
): Promise<Server<UserData>> {
  try {
    return options.server === undefined ? await listen(core, handler, options) : attach(core, options);
  } catch (error) {
    await core.topics.close();
    throw error;
  }
}

async function listen<UserData>(
  core: ServerCore<UserData>,
  handler: Handler<UserData>,
  options: ServeOptions<UserData>,
): Promise<Server<UserData>> {
  const { tls, proxyProtocol = "off", path } = options;
  const { logger } = core;
  const { openTimeout, maxConnections: maxArrivals } = core.settings;
  const place = listenOptions(options);
  const drive = await chooseDrive(options, logger);
  const isReceivingAsked = typeof handler === "function";
  const settings = { listen: place, tls, proxyProtocol, openTimeout, maxArrivals, drive, isReceivingAsked };
  const listener = new SocketListener(settings, (...arrived) => core.open(...arrived));
  try {
    await listener.listen();
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (path === undefined || !isTaken || !(await removeStaleSocket(path))) throw error;
    await listener.listen();
  }
  try {
    if (path !== undefined) await setMode(path, options.mode);
  } catch (error) {
    await listener.close();
    throw error;
  }
  if (drive.handles !== undefined) reportHandles(listener, logger);
  return new Server(core, listener);
}

function reportHandles({ drivesHandles }: SocketListener, logger: Logger): void {
  if (drivesHandles) logger.info({ transport: "handle" }, "connections are driven by their handles");
  else warnOfStreams("the listening socket is of another kind", logger);
}

function attach<UserData>(core: ServerCore<UserData>, options: ServeOptions<UserData>): Server<UserData> {
  if (options.transport === "handle") {
    warnOfStreams("with the option server, connections are streams of that server's", core.logger);
  }
  const attachment = new Attachment(
    options.server!,
    options.pathname,
    (arrival) => core.openWith(arrival),
    () => void server.close(),
  );
  const server = new Server(core, attachment);
  return server;
}

function closeOnAbort<UserData>(server: Server<UserData>, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const close = () => void server.close();
  signal.addEventListener("abort", close, { once: true });
  // It may have been aborted while the server began to listen
  if (signal.aborted) close();
  void server.waitClosed().then(() => signal.removeEventListener("abort", close));
}
