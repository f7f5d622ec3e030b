/**
 * `serve()`: options to a running server.
 */

import type { ArrivalSettings, TransportHandler } from "./arrivals.ts";
import { Attachment } from "./attachment.ts";
import { diagnostics } from "./diagnostics.ts";
import { checkHandler, type Handler } from "./handler.ts";
import { listenOptions, removeStaleSocket, setMode } from "./listen-options.ts";
import { type Listener, SocketListener, type SocketListenerSettings } from "./listener.ts";
import type { Logger } from "./logger.ts";
import type { ServeOptions } from "./serve-options.ts";
import { Server } from "./server.ts";
import { ServerCore } from "./server-core.ts";
import { resolveServeOptions, ServerDefaults } from "./server-options.ts";
import { chooseDrive, warnOfStreams } from "./socket-drive.ts";
import { systemWheel } from "./timing-wheel.ts";
import { type WorkerHost, workerHost } from "./worker-host.ts";
import { WorkerListener } from "./worker-listener.ts";

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
  closeOnAbort(server, options.signal);
  if (diagnostics.serverListening.hasSubscribers) {
    diagnostics.serverListening.publish({ server, attachedTo: options.server });
  }
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
  const { tls, proxyProtocol = "off" } = options;
  const { openTimeout, maxConnections: maxArrivals } = core.settings;
  const host = workerHost();
  const listenSettings = listenOptions(host?.reusesPort === true ? sharingPort(options) : options);
  const { handles, sharesReads, directDriver } = await chooseDrive(options, core.logger);
  const isReceivingAsked = typeof handler === "function";
  const settings = { tls, proxyProtocol, openTimeout, maxArrivals, sharesReads, directDriver, isReceivingAsked };
  const onTransport: TransportHandler = (...arrived) => core.open(...arrived);
  const isHosted = host !== undefined && !("reusePort" in listenSettings);
  const listener = isHosted
    ? await listenThrough(host, options, settings, onTransport)
    : await listenAlone({ ...settings, listen: listenSettings, handles }, options, onTransport);
  if (handles !== undefined) reportHandles(listener, core.logger);
  return new Server(core, listener);
}

/** A port can be shared; what listens elsewhere is left as it is. */
function sharingPort<UserData>(options: ServeOptions<UserData>): ServeOptions<UserData> {
  return options.path === undefined && options.fd === undefined ? { ...options, reusePort: true } : options;
}

function listenThrough<UserData>(
  host: WorkerHost,
  {
    port = 0,
    host: address,
    path,
    mode = ServerDefaults.MODE,
    fd,
    backlog = ServerDefaults.BACKLOG,
  }: ServeOptions<UserData>,
  settings: ArrivalSettings,
  onTransport: TransportHandler,
): Promise<WorkerListener> {
  const onPort = address === undefined ? { port } : { port, host: address };
  const place = fd !== undefined ? { fd } : path !== undefined ? { path, mode } : onPort;
  return WorkerListener.open(host, { ...place, backlog }, settings, onTransport);
}

async function listenAlone<UserData>(
  settings: SocketListenerSettings,
  { path, mode }: ServeOptions<UserData>,
  onTransport: TransportHandler,
): Promise<SocketListener> {
  const listener = new SocketListener(settings, onTransport);
  try {
    await listener.listen();
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (path === undefined || !isTaken || !(await removeStaleSocket(path))) throw error;
    await listener.listen();
  }
  try {
    if (path !== undefined) await setMode(path, mode);
  } catch (error) {
    await listener.close();
    throw error;
  }
  return listener;
}

function reportHandles(listener: Listener, logger: Logger): void {
  if (listener instanceof SocketListener && listener.drivesHandles) {
    logger.info({ transport: "handle" }, "connections are driven by their handles");
  } else {
    const why =
      listener instanceof WorkerListener ? "a supervisor hands on sockets" : "the listening socket is of another kind";
    warnOfStreams(why, logger);
  }
}

function attach<UserData>(core: ServerCore<UserData>, options: ServeOptions<UserData>): Server<UserData> {
  if (options.transport === "handle") {
    warnOfStreams("with the option server, connections are streams of that server's", core.logger);
  }
  const attachment = new Attachment(
    options.server!,
    options.pathname,
    (handshake) => core.openWith(handshake),
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
