/** Hawser as a server, default settings apart from compression and transport; what its programs share. */
import { broadcast, type Handler, type HandlerHooks, type ServeOptions, type Server, serve } from "hawser";
import type { Application, ServerSettings } from "./server-process.ts";
import { count, type Tally } from "./tally.ts";

/** Serves on a free port, with permessage-deflate as `compression` says, and returns the server. */
export function serveHawser(
  handler: Handler,
  { compression }: ServerSettings,
  options: Pick<ServeOptions, "transport"> = {},
): Promise<Server> {
  return serve(handler, { host: "127.0.0.1", port: 0, compression: compression ? "deflate" : false, ...options });
}

/** Serves the hooks form of an application, and resolves to the port. */
export async function serveHooks(
  settings: ServerSettings,
  tally: Tally,
  options?: Pick<ServeOptions, "transport">,
): Promise<number> {
  let server: Server | undefined;
  const hooks = HOOKS[settings.application](tally, () => server!);
  server = await serveHawser(hooks, settings, options);
  return server.port;
}

const HOOKS: Readonly<Record<Application, (tally: Tally, server: () => Server) => HandlerHooks>> = {
  echo: () => ({
    message(ws, data) {
      ws.sendNow(data);
    },
  }),
  ingest: (tally) => ({
    message(_ws, data) {
      count(tally, data.length);
    },
  }),
  broadcast: (_tally, server) => ({
    message(_ws, data) {
      broadcast(server().connections, data);
    },
  }),
};
