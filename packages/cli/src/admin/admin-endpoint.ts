/**
 * The admin endpoint: probes, metrics, status and commands over HTTP, on a port of its own.
 *
 * Whatever a client does ends in an answer or a closed connection, never in an error thrown here.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { CommandError } from "../command.ts";
import { type Address, address as addressGrammar } from "../config/run-grammars.ts";
import type { Supervision } from "../run/supervision.ts";
import { type Answer, errorAnswer } from "./answer.ts";
import { type GuardSettings, refusal } from "./guard.ts";
import { ProcessMetrics } from "./process-metrics.ts";
import { adminRoutes, type Route } from "./routes.ts";

export interface AdminOptions {
  /** Port 0: any that is free. */
  readonly address: Address;
  readonly token: string | undefined;
  /** What the service is called. */
  readonly name: string | undefined;
  /** Ends all processes at once: `hawser stop --now`. */
  readonly kill: () => void;
  /** Told of an error behind a 500. */
  readonly onError?: (error: unknown) => void;
  readonly patience?: AdminPatience;
}

export interface AdminEndpoint {
  /** Where it listens. */
  readonly address: Address;
  /** Ends all connections to it. */
  close(): Promise<void>;
}

/** Scrapers, probes and people are few. */
const MAX_CONNECTIONS = 64;
/** Bytes of a request's head, and of its body: `{"target": 8}`. */
const MAX_HEADER_SIZE = 8_192;
const MAX_BODY_SIZE = 1_024;

/** Milliseconds. */
export interface AdminPatience {
  /** For a request's head. */
  readonly head: number;
  /** For all of it. */
  readonly request: number;
  /** Without progress, for the answer to be taken. */
  readonly answer: number;
}

const PATIENCE: AdminPatience = { head: 5_000, request: 10_000, answer: 10_000 };

/** Milliseconds between two looks for requests that are late. Node's own 30 seconds would let 64 slow ones shut the probes out. */
const LOOK = 1_000;

/**
 * Opens the endpoint; resolves once it listens.
 *
 * @throws {CommandError} if the address can't be had
 */
export async function startAdmin(supervision: Supervision, options: AdminOptions): Promise<AdminEndpoint> {
  const { token, onError = () => {}, patience = PATIENCE } = options;
  const { host, port } = options.address;
  const processMetrics = new ProcessMetrics();
  const routes = adminRoutes(supervision, { ...options, processMetrics });
  let guard: GuardSettings = { token, host, boundAddress: host };
  const limits = {
    maxHeaderSize: MAX_HEADER_SIZE,
    headersTimeout: patience.head,
    requestTimeout: patience.request,
    connectionsCheckingInterval: Math.min(LOOK, patience.head),
  };
  const server = createServer(limits, (request, response) => {
    void answerRequest(request, response, { routes, guard, patience, onError });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on("clientError", refuseGarbage);
  const bound = await listen(server, { host, port });
  server.on("error", onError);
  guard = { ...guard, boundAddress: bound.address };
  return {
    address: { host, port: bound.port },
    close() {
      processMetrics.close();
      return closeServer(server);
    },
  };
}

function listen(server: Server, { host, port }: Address): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(listenError(error, addressGrammar.show({ host, port }))),
    );
    server.listen({ host, port }, () => {
      server.removeAllListeners("error");
      resolve(server.address() as AddressInfo);
    });
  });
}

function listenError({ code, message }: NodeJS.ErrnoException, place: string): CommandError {
  const why = code === "EADDRINUSE" ? "another program listens there" : message;
  return new CommandError(
    `the admin endpoint can't listen at ${place}: ${why}. Choose another place with --admin HOST:PORT, or --admin off.`,
  );
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Surroundings {
  readonly routes: readonly Route[];
  readonly guard: GuardSettings;
  readonly patience: AdminPatience;
  readonly onError: (error: unknown) => void;
}

async function answerRequest(request: IncomingMessage, response: ServerResponse, around: Surroundings): Promise<void> {
  let answer: Answer;
  try {
    answer = await findAnswer(request, around);
  } catch (error) {
    if (request.socket.destroyed) return;
    around.onError(error);
    answer = errorAnswer(500, "The supervisor could not answer; its log says why.");
  }
  // Who does not read it is cut off
  response.setTimeout(around.patience.answer);
  // What is left of a body that is too large is not waited for
  if (!request.complete) response.setHeader("Connection", "close");
  const length = Buffer.byteLength(answer.body);
  const headers = {
    "Content-Type": answer.type,
    "Content-Length": length,
    "Cache-Control": "no-store",
    ...answer.headers,
  };
  response.writeHead(answer.status, headers).end(request.method === "HEAD" ? undefined : answer.body);
}

async function findAnswer(request: IncomingMessage, { routes, guard }: Surroundings): Promise<Answer> {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const here = routes.filter((one) => one.path === path);
  if (here.length === 0) {
    return errorAnswer(404, `There are ${routes.map((one) => one.path).join(", ")}; there is nothing else.`);
  }
  const route = here.find(({ method }) => method === (request.method === "HEAD" ? "GET" : request.method));
  if (route === undefined) {
    const allowed = here.map(({ method }) => method).join(", ");
    return errorAnswer(405, `${path} takes ${allowed} alone.`, { Allow: allowed });
  }
  const refused = refusal(route.access, request.headers, guard);
  if (refused !== undefined) return refused;
  const body = await readBody(request);
  if (body === undefined) return errorAnswer(413, `The body must have at most ${MAX_BODY_SIZE} bytes.`);
  return route.answer({ query: new URLSearchParams(query), body });
}

/** `undefined` if it is too large; what comes after that is not read. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_SIZE) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What is no HTTP, too large or too slow: the parser's own answer, as JSON. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = GARBAGE[error.code ?? ""] ?? 400;
  const { type, body } = errorAnswer(status, `${STATUS_CODES[status]}.`);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${type}`;
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

const GARBAGE: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };
