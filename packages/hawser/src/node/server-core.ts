/**
 * The life of a server's connections: from a transport to an opening, to a connection, to its handler, to its end.
 */

import type { HttpRequestHead } from "../handshake/http-request.ts";
import { type HttpResponseHead, textResponse } from "../handshake/http-response.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import type { AcceptedArrival } from "./arrival.ts";
import { SESSION } from "./connection.ts";
import type { Handler } from "./handler.ts";
import { FunctionRunner, type HandlerRunner, HookRunner, type RunnerHost } from "./handler-runner.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { type AcceptedOpening, Opening, type OpeningHost } from "./opening.ts";
import type { Outcome } from "./opening-decision.ts";
import { Registry } from "./registry.ts";
import { ServerConnection } from "./server-connection.ts";
import type { ServerSettings } from "./server-options.ts";
import { Session } from "./session.ts";
import { MAX_TIMER_DELAY } from "./timer-limits.ts";
import type { TimingWheel } from "./timing-wheel.ts";
import { ServerTopics } from "./topics.ts";
import type { Endpoints, Transport } from "./transport.ts";

/** Seconds after which a client that was refused for want of room may try again. */
const RETRY_AFTER_FULL = 5;

export class ServerCore<UserData> implements OpeningHost<UserData>, RunnerHost<UserData> {
  readonly settings: ServerSettings<UserData>;
  readonly wheel: TimingWheel;
  readonly registry: Registry<UserData>;
  readonly topics: ServerTopics;
  readonly #handler: Handler<UserData>;
  readonly #counts = { accepted: 0, refused: 0, closed: 0 };
  /** Why no more connections are taken, once the server drains, and why no request is answered, once it closes. */
  #draining: HttpResponseHead | undefined;
  #stopping: HttpResponseHead | undefined;

  constructor(handler: Handler<UserData>, settings: ServerSettings<UserData>, wheel: TimingWheel) {
    this.#handler = handler;
    this.settings = settings;
    this.wheel = wheel;
    this.topics = new ServerTopics({
      settingsOf: settings.topics,
      backplane: settings.backplane,
      wheel,
      logger: settings.connection.logger,
    });
    this.registry = new Registry({ countsAddresses: settings.maxConnectionsPerAddress !== Number.POSITIVE_INFINITY });
  }

  /** Whether none of the application's functions gets to see a request or a response before the connection is open. */
  get isUnseen(): boolean {
    const { processRequest, processResponse, handshake } = this.settings;
    return processRequest === undefined && processResponse === undefined && handshake.selectSubprotocol === null;
  }

  get logger(): Logger {
    return this.settings.connection.logger;
  }

  /** Totals since the server began. */
  get counts(): { readonly accepted: number; readonly refused: number; readonly closed: number } {
    return this.#counts;
  }

  // Openings

  /** A client connected, at the time `since`. */
  open(transport: Transport, endpoints: Endpoints, since: number): void {
    const opening = new Opening(this, transport, endpoints, since);
    const refusal = this.#stopping ?? this.#tooManyOpenings(endpoints.remoteAddress);
    this.registry.openings.add(opening);
    opening.start();
    if (refusal !== undefined) opening.refuse(refusal);
  }

  /** A client asked for a connection, at an HTTP server that is not ours. */
  openWith({ transport, endpoints, request, early, responder }: AcceptedArrival): void {
    const opening = new Opening(this, transport, endpoints, this.wheel.clock.now(), responder);
    this.registry.openings.add(opening);
    opening.startWith(request, early);
  }

  /** From now on handshakes are answered with 503, and other requests as before: probes ask on. `retryAfter`: seconds. */
  refuseHandshakes(retryAfter: number): void {
    this.#draining = unavailable("This server is restarting", retryAfter);
  }

  /** From now on every request is answered with 503, those under way included. */
  refuseAll(): void {
    // A client that came while the server drained is still told when to come back
    this.#stopping = this.#draining ?? unavailable("This server is shutting down", undefined);
    for (const opening of [...this.registry.openings]) opening.refuse(this.#stopping);
  }

  unavailable(address: string | undefined): HttpResponseHead | undefined {
    const stopping = this.#stopping ?? this.#draining;
    if (stopping !== undefined) return stopping;
    const { maxConnections, maxConnectionsPerAddress } = this.settings;
    const { registry } = this;
    if (registry.connections.size >= maxConnections) return full("maxConnections", maxConnections);
    if (maxConnectionsPerAddress === Number.POSITIVE_INFINITY) return undefined;
    if (registry.connectionsFrom(address) < maxConnectionsPerAddress) return undefined;
    return full("maxConnectionsPerAddress", maxConnectionsPerAddress);
  }

  /** Clients that connect and say nothing must not pile up either: they may be as many as connections may. */
  #tooManyOpenings(address: string | undefined): HttpResponseHead | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.settings;
    const { registry } = this;
    if (registry.openings.size >= maxConnections) return full("maxConnections", maxConnections);
    if (maxConnectionsPerAddress === Number.POSITIVE_INFINITY) return undefined;
    // A trusted proxy's address stands for many clients: whose this one is, the request tells
    if (this.settings.trust.trusts(address, 0)) return undefined;
    if (registry.openingsFrom(address) < maxConnectionsPerAddress) return undefined;
    return full("maxConnectionsPerAddress", maxConnectionsPerAddress);
  }

  accepted(opening: Opening<UserData>, opened: AcceptedOpening<UserData>): void {
    const { early } = opened;
    const runner = this.#createRunner();
    const ws = this.#connect(opened, runner);
    const session = ws[SESSION];
    this.registry.addConnection(ws);
    this.registry.removeOpening(opening);
    this.#counts.accepted++;
    this.#logOpen(ws);
    session.start();
    runner.start(ws);
    if (early.length > 0) session.received(early);
    session.regulate();
  }

  answered(opening: Opening<UserData>, { response, fault }: Outcome, request: HttpRequestHead | undefined): void {
    this.registry.openingAnswered(opening);
    this.#counts.refused++;
    const fields = { remoteAddress: opening.remoteAddress, path: request?.path, status: response.status };
    if (fault?.cause !== undefined) this.logger.error({ ...fields, err: fault.cause }, "a handshake hook failed");
    else if (fault !== undefined) this.logger.debug({ ...fields, reason: fault.text }, "handshake refused");
    else this.logger.debug(fields, "request answered");
  }

  ended(opening: Opening<UserData>): void {
    this.registry.removeOpening(opening);
  }

  // Connections

  #connect(
    { transport, agreement, response, pending, endpoints }: AcceptedOpening<UserData>,
    runner: HandlerRunner<UserData>,
  ): ServerConnection<UserData> {
    const { request, subprotocol, extensions } = agreement;
    const session = new Session(this.settings.connection, transport, extensions, this.wheel, runner);
    const { isUnseen } = this;
    return new ServerConnection(session, { request, response, subprotocol, isUnseen }, endpoints, pending, this.topics);
  }

  #logOpen(ws: ServerConnection<UserData>): void {
    // Nobody listens: do not make an id that nobody asked for
    if (this.logger === silentLogger) return;
    this.logger.info({ id: ws.id, remoteAddress: ws.remoteAddress, path: ws.request.path }, "connection open");
  }

  #createRunner(): HandlerRunner<UserData> {
    const handler = this.#handler;
    return typeof handler === "function" ? new FunctionRunner(this, handler) : new HookRunner(this, handler);
  }

  handlerStarted(ws: ServerConnection<UserData>, running: Promise<void>): void {
    this.registry.addHandler(ws, running);
  }

  handlerFailed(ws: ServerConnection<UserData>, error: unknown): void {
    this.logger.error({ id: ws.id, remoteAddress: ws.remoteAddress, err: error }, "connection handler failed");
  }

  connectionClosed(ws: ServerConnection<UserData>, { code, reason }: CloseInfo): void {
    this.topics.leave(ws);
    this.registry.removeConnection(ws);
    this.#counts.closed++;
    if (this.logger === silentLogger) return;
    const { closeCause } = ws[SESSION];
    const fields = { id: ws.id, remoteAddress: ws.remoteAddress, code, reason };
    this.logger.info(closeCause === undefined ? fields : { ...fields, err: closeCause }, "connection closed");
  }

  /**
   * Resolves when every handler has returned. One that has not, `closeTimeout` after its connection closed, is logged and no
   * longer waited for.
   */
  async untilHandlersReturn(): Promise<void> {
    await Promise.all([...this.registry.handlers].map(([ws, running]) => this.#untilReturned(ws, running)));
  }

  async #untilReturned(ws: ServerConnection<UserData>, running: Promise<void>): Promise<void> {
    await ws.waitClosed();
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<"expired">((resolve) => {
      // No socket keeps the process alive now, and whoever awaits `close()` is owed an answer: so this timer does
      const closeTimeout = Math.min(this.settings.connection.closeTimeout, MAX_TIMER_DELAY);
      timer = setTimeout(resolve, closeTimeout, "expired");
    });
    const outcome = await Promise.race([running, expired]);
    clearTimeout(timer);
    if (outcome === "expired") this.#abandonHandler(ws);
  }

  #abandonHandler(ws: ServerConnection<UserData>): void {
    const { closeTimeout } = this.settings.connection;
    this.logger.warn(
      { id: ws.id, closeTimeout },
      "a handler still runs after its connection closed, not waiting for it",
    );
  }
}

function full(option: string, limit: number): HttpResponseHead {
  return unavailable(`This server takes no more connections: ${option} is ${limit}`, RETRY_AFTER_FULL);
}

function unavailable(text: string, retryAfter: number | undefined): HttpResponseHead {
  return textResponse(503, `${text}\n`, retryAfter === undefined ? [] : [["Retry-After", String(retryAfter)]]);
}
