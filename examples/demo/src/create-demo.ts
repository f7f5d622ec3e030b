/**
 * The demo's server: one port, three WebSocket paths, a health check and a page.
 *
 * Knows no environment variable, no signal and no console: those are `main.ts`'s.
 */

import { respond, type Server, type ServerConnection, serve } from "hawser";
import type { Backplane } from "hawser/pubsub";
import { Chat } from "./chat.ts";
import { echo } from "./echo.ts";
import type { Logger } from "./logger.ts";
import { loadPage, type Page } from "./page.ts";
import type { Route } from "./route.ts";
import { Ticker } from "./ticker.ts";

/** Nothing that the demo's clients say is longer: a chat message has 500 characters. */
const MAX_SIZE = 65_536;

/** Bytes that may wait for one receiver. Beyond, it misses what is broadcast, on feed and chat, instead of taking memory. */
const MAX_BUFFERED = 262_144;

export interface DemoOptions {
  /** @default 0, a free port */
  readonly port?: number;
  /** @default "127.0.0.1", this machine alone */
  readonly host?: string;
  /** @default silent */
  readonly logger?: Logger;
  /** Makes the chat's rooms those of other processes, too. */
  readonly backplane?: Backplane;
}

/** Starts the demo; resolves once it listens, and rejects as `serve` does. */
export async function createDemo(options: DemoOptions = {}): Promise<Server> {
  const { port = 0, host = "127.0.0.1", logger, backplane } = options;
  const page = await loadPage();
  const chat: Chat = new Chat(() => server);
  const routes = new Map<string, Route>([
    ["/echo", echo],
    ["/chat", chat],
    ["/ticker", new Ticker()],
  ]);
  const server: Server = await serve(dispatch(routes), {
    port,
    host,
    maxSize: MAX_SIZE,
    slowConsumer: { maxBuffered: MAX_BUFFERED, policy: "skip" },
    topics: (topic) => (Chat.owns(topic) ? chat.topicOptions : undefined),
    processRequest: ({ method, url }) =>
      routes.has(url.pathname) ? undefined : answer(method, url.pathname, page, () => server.isReady),
    ...(logger && { logger }),
    ...(backplane && { backplane }),
  });
  return server;
}

/** One handler for all paths. Each connection has a route: `processRequest` refuses every other path. */
function dispatch(routes: ReadonlyMap<string, Route>): Required<Route> {
  const routeOf = (ws: ServerConnection): Route | undefined => routes.get(ws.request.url.pathname);
  return {
    open: (ws) => routeOf(ws)?.open?.(ws),
    message: (ws, message) => routeOf(ws)?.message(ws, message),
    close: (ws) => routeOf(ws)?.close?.(ws),
  };
}

function answer(method: string, pathname: string, page: Page, isReady: () => boolean): Response {
  if (method !== "GET" && method !== "HEAD") return respond(405, "Only GET and HEAD are answered here\n");
  if (pathname === "/healthz") return isReady() ? respond(200, "ok\n") : respond(503, "shutting down\n");
  return page(pathname) ?? respond(404, "Not found. There are /, /echo, /chat, /ticker and /healthz\n");
}
