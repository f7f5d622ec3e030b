/** Hawser as a server, default settings apart from compression and transport; what its programs share. */
import { broadcast, type Handler, type HandlerHooks, type ServeOptions, type Server, serve } from "hawser";
import { AnswerBook } from "../generator/documents.ts";
import type { WindowFigures } from "./figures.ts";
import type { Application, ServerSettings, StartedServer } from "./server-process.ts";
import { count, type Tally } from "./tally.ts";

/** Serves on a free port, with permessage-deflate as `compression` says, and returns the server. */
export function serveHawser(
  handler: Handler,
  settings: ServerSettings,
  options: Pick<ServeOptions, "transport"> = {},
): Promise<Server> {
  return serve(handler, { host: "127.0.0.1", port: 0, compression: compressionOf(settings), ...options });
}

function compressionOf({ compression, coldAfter }: ServerSettings): NonNullable<ServeOptions["compression"]> {
  if (compression === false) return false;
  const cold: object = coldAfter === undefined ? {} : { coldAfter };
  if (compression === true) return { ...cold };
  const { windowBits, memLevel } = compression;
  return { serverMaxWindowBits: windowBits, clientMaxWindowBits: windowBits, memLevel, ...cold };
}

/** What makes one of its programs different from the others. */
export interface HooksVariant extends Pick<ServeOptions, "transport"> {
  /** Whether a broadcast is a publication to a topic, rather than to all connections. */
  readonly publishes?: boolean;
}

/** Serves the hooks form of an application. */
export async function serveHooks(
  settings: ServerSettings,
  tally: Tally,
  { publishes = false, ...options }: HooksVariant = {},
): Promise<StartedServer> {
  let server: Server | undefined;
  const { application } = settings;
  const makeHooks = publishes && application === "broadcast" ? publishHooks : HOOKS[application];
  const hooks = makeHooks(tally, () => server!);
  const started = await serveHawser(hooks, settings, options);
  server = started;
  return { port: started.port, handlers: { windows: () => windowsOf(started) } };
}

/** What the server says that its windows hold. */
function windowsOf(server: Server): WindowFigures {
  const { compression } = server.metrics();
  return { coldWindows: compression?.coldWindows ?? 0, heldBytes: compression?.heldBytes ?? 0 };
}

const HOOKS: Readonly<Record<Application, (tally: Tally, server: () => Server) => HandlerHooks>> = {
  echo: () => ({
    message(ws, data) {
      ws.sendNow(data);
    },
  }),
  answer: () => {
    const book = new AnswerBook();
    return {
      message(ws, data) {
        ws.sendNow(book.answerTo(String(data)));
      },
    };
  },
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

const TOPIC = "all";

function publishHooks(_tally: Tally, server: () => Server): HandlerHooks {
  return {
    open(ws) {
      void ws.subscribe(TOPIC);
    },
    message(_ws, data) {
      server().publish(TOPIC, data);
    },
  };
}
