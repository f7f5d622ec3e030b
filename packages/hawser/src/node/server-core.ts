/**
 * The life of a server's connections: from a transport to an opening, to a connection, to its handler, to its end.
 */

import type { HttpRequestHead } from "../handshake/http-request.ts";
import { type HttpResponseHead, textResponse } from "../handshake/http-response.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import type { AcceptedHandshake } from "./attached-handshake.ts";
import { SESSION } from "./connection.ts";
import { ConnectionAges } from "./connection-ages.ts";
import { diagnostics, type SlowAction } from "./diagnostics.ts";
import { codeLabel, endingOf } from "./ending.ts";
import type { Handler } from "./handler.ts";
import { FunctionRunner, type HandlerRunner, HookRunner, type RunnerHost } from "./handler-runner.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { type AcceptedOpening, Opening, type OpeningHost } from "./opening.ts";
import type { Outcome } from "./opening-decision.ts";
import type { Readiness } from "./readiness.ts";
import { refusalOf } from "./refusal.ts";
import { Registry } from "./registry.ts";
import { ServerConnection } from "./server-connection.ts";
import { ServerCounters } from "./server-counters.ts";
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
  readonly #ages: ConnectionAges;
  readonly counters: ServerCounters = new ServerCounters();
  /** How many connections there were when the server began to stop; `undefined` until then. */
  stoppingFrom: number | undefined;
  /** Why no more connections are taken, once the server drains, and why no request is answered, once it closes. */
  #draining: HttpResponseHead | undefined;
  #stopping: HttpResponseHead | undefined;

  constructor(handler: Handler<UserData>, settings: ServerSettings<UserData>, wheel: TimingWheel) {
    this.#handler = handler;
    this.settings = { ...settings, connection: { ...settings.connection, traffic: this.counters.traffic } };
    this.wheel = wheel;
    this.topics = new ServerTopics({
      settingsOf: settings.topics,
      backplane: settings.backplane,
      wheel,
      logger: settings.connection.logger,
      counters: this.counters,
    });
    this.#ages = new ConnectionAges(wheel, settings.maxConnectionAge);
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
    const { accepted, refused, closed } = this.counters;
    return { accepted, refused, closed };
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
  openWith({ transport, endpoints, request, early, responder }: AcceptedHandshake): void {
    const opening = new Opening(this, transport, endpoints, this.wheel.clock.now(), responder);
    this.registry.openings.add(opening);
    opening.startWith(request, early);
  }

  get readiness(): Readiness {
    const { registry, settings, stoppingFrom, topics } = this;
    return {
      accepting: stoppingFrom === undefined,
      backplane: topics.isConnected || settings.readyWithoutBackplane,
      capacity: registry.connections.size < settings.maxConnections,
    };
  }

  /** No more connections are wanted. */
  beginStopping(): void {
    this.stoppingFrom ??= this.registry.connections.size;
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
    this.#opened(ws, opening.since);
    this.#ages.opened(ws);
    session.start();
    runner.start(ws);
    if (early.length > 0) session.received(early);
    session.regulate();
  }

  answered(opening: Opening<UserData>, { response, fault }: Outcome, request: HttpRequestHead | undefined): void {
    this.registry.openingAnswered(opening);
    this.#countAnswer(opening, { response, fault, agreement: undefined }, request);
    const fields = { remoteAddress: opening.remoteAddress, path: request?.path, status: response.status };
    if (fault?.cause !== undefined) this.logger.error({ ...fields, err: fault.cause }, "a handshake hook failed");
    else if (fault !== undefined) this.logger.debug({ ...fields, reason: fault.text }, "handshake refused");
    else this.logger.debug(fields, "request answered");
  }

  ended(opening: Opening<UserData>): void {
    if (this.registry.openings.has(opening)) this.counters.aborted++;
    this.registry.removeOpening(opening);
  }

  #countAnswer(opening: Opening<UserData>, outcome: Outcome, request: HttpRequestHead | undefined): void {
    const { counters } = this;
    const { status } = outcome.response;
    const reason = refusalOf(outcome, request);
    counters.refused++;
    if (reason === undefined) {
      counters.answerStatuses.count(String(status));
      return;
    }
    counters.refusals.count(reason);
    counters.refusalStatuses.count(String(status));
    if (!diagnostics.connectionRefused.hasSubscribers) return;
    diagnostics.connectionRefused.publish({ remoteAddress: opening.remoteAddress, request, status, reason });
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

  #opened(ws: ServerConnection<UserData>, since: number): void {
    const now = this.wheel.clock.now();
    const duration = now - since;
    ws.openedAt = Math.floor(now);
    this.counters.accepted++;
    this.counters.handshakeDurations.observe(duration / 1000);
    if (diagnostics.connectionOpen.hasSubscribers) diagnostics.connectionOpen.publish({ connection: ws, duration });
    this.#logOpen(ws);
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
    this.counters.handlerFailures++;
    this.logger.error({ id: ws.id, remoteAddress: ws.remoteAddress, err: error }, "connection handler failed");
  }

  pingAnswered(latency: number): void {
    this.counters.pingRoundTrips.observe(latency / 1000);
  }

  consumerSlow(ws: ServerConnection<UserData>, action: SlowAction): void {
    this.counters.slowConsumers.count(action);
    if (!diagnostics.slowConsumer.hasSubscribers) return;
    diagnostics.slowConsumer.publish({ connection: ws, action, bufferedAmount: ws.bufferedAmount });
  }

  connectionClosing(ws: ServerConnection<UserData>): void {
    ws.closingSince = Math.floor(this.wheel.clock.now());
    const { fault } = ws[SESSION].protocol.closeInfo;
    if (fault === undefined) return;
    if (fault.code !== "KEEPALIVE_TIMEOUT") {
      this.counters.clientFaults++;
      return;
    }
    this.counters.pingTimeouts++;
    if (diagnostics.pingTimeout.hasSubscribers) diagnostics.pingTimeout.publish({ connection: ws });
  }

  connectionClosed(ws: ServerConnection<UserData>, info: CloseInfo): void {
    this.topics.leave(ws);
    this.registry.removeConnection(ws);
    this.#ages.closed(ws);
    this.#countEnd(ws, info);
    if (this.logger === silentLogger) return;
    const { code, reason } = info;
    const { closeCause } = ws[SESSION];
    const fields = { id: ws.id, remoteAddress: ws.remoteAddress, code, reason };
    this.logger.info(closeCause === undefined ? fields : { ...fields, err: closeCause }, "connection closed");
  }

  #countEnd(ws: ServerConnection<UserData>, info: CloseInfo): void {
    const { counters } = this;
    const now = this.wheel.clock.now();
    const duration = now - ws.openedAt;
    const { initiator, code } = endingOf(info, "server");
    counters.closed++;
    counters.endings.count(`${codeLabel(code)} ${initiator}`);
    counters.connectionDurations.observe(duration / 1000);
    // Where nobody said goodbye, there was nothing to wait for
    if (initiator !== "none") counters.closeDurations.observe((now - ws.closingSince) / 1000);
    if (!diagnostics.connectionClose.hasSubscribers) return;
    diagnostics.connectionClose.publish({ connection: ws, code: info.code, reason: info.reason, initiator, duration });
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
