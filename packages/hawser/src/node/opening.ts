/**
 * The opening handshake of one connection on the server's side: from the first byte to the 101 or the refusal, over any
 * transport.
 *
 * Whatever the client sends while a hook still decides waits, and is the connection's first input.
 */

import { copyBytes, join } from "../bytes/copy.ts";
import { callbackFault, isHandshakeFault } from "../handshake/errors.ts";
import type { HttpRequestHead } from "../handshake/http-request.ts";
import { type HttpResponseHead, textResponse } from "../handshake/http-response.ts";
import { judgeRequestHead, RequestReader } from "../handshake/request-reader.ts";
import type { ServerAgreement } from "../handshake/server-handshake.ts";
import { httpDate } from "./http-date.ts";
import { answer, type DecisionHost, decide, type Outcome, refusal, release } from "./opening-decision.ts";
import { PendingConnection } from "./pending-connection.ts";
import { http1Responder, LINGER, type Responder } from "./responder.ts";
import type { RosterMember } from "./roster.ts";
import type { ServerSettings } from "./server-options.ts";
import type { Timed, TimingWheel } from "./timing-wheel.ts";
import { type Endpoints, reportedEndpoints, type Transport, type TransportSink } from "./transport.ts";
import { resolveForwarded } from "./trusted-proxies.ts";

/** What an opening needs of its server. */
export interface OpeningHost<UserData> extends DecisionHost {
  readonly settings: ServerSettings<UserData>;
  readonly wheel: TimingWheel;
  /** The handshake succeeded; the transport is the server's from now on. `early`: bytes that came with the request. */
  accepted(opening: Opening<UserData>, accepted: AcceptedOpening<UserData>): void;
  /** A request was answered otherwise. */
  answered(opening: Opening<UserData>, outcome: Outcome, request: HttpRequestHead | undefined): void;
  /** The opening is over, and nothing came of it. */
  ended(opening: Opening<UserData>): void;
}

export interface AcceptedOpening<UserData> {
  readonly transport: Transport;
  readonly agreement: ServerAgreement;
  readonly response: HttpResponseHead;
  readonly pending: PendingConnection<UserData>;
  readonly endpoints: Endpoints;
  readonly early: Uint8Array;
}

const NO_BYTES: Uint8Array = new Uint8Array(0);

export class Opening<UserData> implements TransportSink, Timed, RosterMember {
  readonly #host: OpeningHost<UserData>;
  readonly #transport: Transport;
  readonly #endpoints: Endpoints;
  readonly #responder: Responder;
  /** Reads the request; gone once there is one. */
  #reader: RequestReader | undefined;
  /** What came after the request. */
  #early: Uint8Array = NO_BYTES;
  #isOver = false;

  /** When the client connected. */
  readonly since: number;
  deadline: number;
  slot = -1;
  slotIndex = 0;
  place = 0;

  /** `since`: when the client connected; `openTimeout` counts from there. */
  constructor(
    host: OpeningHost<UserData>,
    transport: Transport,
    endpoints: Endpoints,
    since: number,
    responder: Responder = http1Responder,
  ) {
    this.#host = host;
    this.#transport = transport;
    this.#endpoints = endpoints;
    this.#responder = responder;
    this.since = since;
    this.deadline = since + host.settings.openTimeout;
  }

  /** Where the client connects from, as far as the transport knows. */
  get remoteAddress(): string | undefined {
    return this.#endpoints.remoteAddress;
  }

  /** Reads the request from the transport. */
  start(): void {
    this.#reader = new RequestReader({ limits: this.#host.settings, isSecure: this.#endpoints.isSecure });
    this.#host.wheel.schedule(this);
    this.#transport.attach(this);
  }

  /** Takes up a request that another HTTP server has read, and `early`, what came after it. */
  startWith(request: HttpRequestHead, early: Uint8Array): void {
    this.#early = early;
    this.#host.wheel.schedule(this);
    this.#transport.attach(this);
    // Another server's parser takes more than ours does, and what it took for a body would be read as frames
    const fault = judgeRequestHead(request);
    if (fault === undefined) this.#decide(request);
    else this.#answer(refusal(fault), request);
  }

  /** Refuses the handshake, wherever it stands. */
  refuse(response: HttpResponseHead): void {
    if (this.#isOver) return;
    this.#answer(answer(response), undefined);
  }

  // What the transport tells

  received(bytes: Uint8Array, end: number = bytes.length): void {
    if (!this.#isOver) this.#receive(end === bytes.length ? bytes : bytes.subarray(0, end));
  }

  #receive(bytes: Uint8Array): void {
    if (this.#reader === undefined) this.#early = join(this.#early, bytes);
    else this.#read(this.#reader, bytes);
  }

  receivedEnd(): void {
    if (this.#reader !== undefined) this.#transport.abort();
    else this.#transport.finish();
  }

  drained(): void {}

  ended(): void {
    this.#isOver = true;
    this.#host.wheel.remove(this);
    this.#host.ended(this);
  }

  /** The handshake took too long, or the refusal was not taken. */
  handleTimeout(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.#isOver) this.#transport.abort();
    else this.refuse(textResponse(408, "The opening handshake took longer than openTimeout\n"));
  }

  // The request

  #read(reader: RequestReader, bytes: Uint8Array): void {
    const request = reader.receive(bytes);
    if (request === undefined) return;
    this.#reader = undefined;
    if (isHandshakeFault(request)) {
      this.#answer(refusal(request), undefined);
      return;
    }
    const { rest } = reader;
    if (rest.length > 0) this.#early = copyBytes(rest);
    this.#decide(request);
  }

  #decide(request: HttpRequestHead): void {
    const { settings } = this.#host;
    const forwarded = resolveForwarded(request.headers, this.#endpoints, settings.trust);
    const { remoteAddress, isSecure } = this.#endpoints;
    const isReported = forwarded.remoteAddress !== remoteAddress || forwarded.isSecure !== isSecure;
    const endpoints = reportedEndpoints(this.#endpoints, isReported ? forwarded : undefined);
    const pending = new PendingConnection<UserData>(endpoints);
    const opening = {
      host: this.#host,
      request,
      pending,
      authority: { host: forwarded.host ?? request.headers.get("host") ?? "", isSecure: endpoints.isSecure },
    };
    const outcome = decide(opening, settings);
    if (!(outcome instanceof Promise)) {
      this.#conclude(outcome, request, pending, endpoints);
      return;
    }
    this.#transport.pause();
    outcome.then((later) => this.#conclude(later, request, pending, endpoints));
  }

  #conclude(
    outcome: Outcome,
    request: HttpRequestHead,
    pending: PendingConnection<UserData>,
    endpoints: Endpoints,
  ): void {
    if (this.#isOver) {
      release(outcome);
      return;
    }
    const written = this.#write(outcome, request);
    const { agreement, response } = written;
    if (agreement === undefined) {
      this.#linger(written, request);
      return;
    }
    this.#isOver = true;
    this.#host.wheel.remove(this);
    this.#host.accepted(this, {
      transport: this.#transport,
      agreement,
      response,
      pending,
      endpoints,
      early: this.#early,
    });
  }

  // The answer

  #answer(outcome: Outcome, request: HttpRequestHead | undefined): void {
    this.#linger(this.#write(outcome, request), request);
  }

  /** The connection ends here, but the client gets the time to take the answer. */
  #linger(outcome: Outcome, request: HttpRequestHead | undefined): void {
    this.#isOver = true;
    // A client that ends its side before its request was whole still gets the answer
    this.#reader = undefined;
    this.#host.answered(this, outcome, request);
    this.#transport.finish();
    // What the client still sends must be read: else the kernel resets the connection, and the answer is lost
    this.#transport.resume();
    const { wheel, settings } = this.#host;
    this.deadline = wheel.clock.now() + Math.min(LINGER, settings.connection.closeTimeout);
    wheel.schedule(this);
  }

  /** What a hook made may be no response that can be written: then the client gets 500. Returns what it got. */
  #write(outcome: Outcome, request: HttpRequestHead | undefined): Outcome {
    const { serverHeader } = this.#host.settings;
    const finish = { isHead: request?.method === "HEAD", serverHeader, date: httpDate() };
    try {
      const response = this.#responder.respond(this.#transport, outcome.response, finish);
      return { response, agreement: outcome.agreement, fault: outcome.fault };
    } catch (error) {
      release(outcome);
      return this.#write(refusal(callbackFault(error)), request);
    }
  }
}
