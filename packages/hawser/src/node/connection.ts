/**
 * A WebSocket connection as its user sees it, on either side.
 */

import { randomBytes, randomUUID } from "node:crypto";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { type HttpRequestHead, packRequest, unpackRequest } from "../handshake/http-request.ts";
import type { State } from "../protocol/closing.ts";
import type { ExtensionParameters } from "../protocol/extension.ts";
import type { Message } from "../protocol/message-assembler.ts";
import type { PingWaiter } from "../protocol/pending-pings.ts";
import { type Data, type DataFragments, type SendOptions, toBytes } from "./data.ts";
import { ignore } from "./ignore.ts";
import { keepHeaders, restoreHeaders } from "./kept-response.ts";
import { Receiver, type RecvOptions } from "./receiver.ts";
import type { Session } from "./session.ts";
import type { Endpoints } from "./transport.ts";
import { readableOf, writableOf } from "./web-streams.ts";

/** The response that completed the opening handshake. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
}

/** What the opening handshake came to. */
export interface Agreement {
  readonly request: HttpRequestHead;
  readonly response: HandshakeAnswer;
  readonly subprotocol: string | undefined;
  /** Nobody has seen the request, nor changed our response to it: they may come back as other objects than they were. */
  readonly isUnseen?: boolean;
}

export interface AgreedExtension {
  readonly name: string;
  readonly parameters: ExtensionParameters;
}

/** What a connection is made of, for the parts of the library that make and join connections. */
export const SESSION: unique symbol = Symbol("session");

/**
 * One connection. Made by `serve()` and `connect()`.
 */
export abstract class Connection<UserData = unknown> implements AsyncIterable<Message> {
  /** @internal */
  readonly [SESSION]: Session;
  /** Packed, like the response's headers: most connections never look at them again. */
  #request: HttpRequestHead | string;
  readonly #headers: string;
  /** Whether the headers are there but for what follows from the request. */
  readonly #areHeadersPartial: boolean;
  readonly #subprotocol: string | undefined;
  readonly #endpoints: Endpoints;
  #receiver: Receiver | undefined;
  #streams: { readable?: ReadableStream<Message>; writable?: WritableStream<Data> } | undefined;
  #id: string | undefined;

  /** Whatever the application keeps with the connection. */
  data: UserData = undefined as UserData;

  /** @internal */
  constructor(session: Session, agreement: Agreement, endpoints: Endpoints, id?: string) {
    this[SESSION] = session;
    this.#id = id;
    const { request, response, subprotocol, isUnseen = false } = agreement;
    this.#request = isUnseen ? packRequest(request) : request;
    this.#headers = isUnseen ? keepHeaders(response.headers) : response.headers.pack();
    this.#areHeadersPartial = isUnseen;
    this.#subprotocol = subprotocol;
    this.#endpoints = endpoints;
    request.headers.pack();
  }

  /** A UUID that names the connection in logs. */
  get id(): string {
    this.#id ??= randomUUID();
    return this.#id;
  }

  /** The request of the opening handshake. */
  get request(): HttpRequestHead {
    if (typeof this.#request === "string") this.#request = unpackRequest(this.#request);
    return this.#request;
  }

  /** The response of the opening handshake. */
  get response(): HandshakeAnswer {
    const headers = this.#areHeadersPartial
      ? restoreHeaders(this.#headers, this.request)
      : HttpHeaders.unpack(this.#headers);
    return { status: this.request.httpVersion === "2.0" ? 200 : 101, headers };
  }

  /** The subprotocol agreed on, if any. */
  get subprotocol(): string | undefined {
    return this.#subprotocol;
  }

  /** The extensions agreed on, in order, with their parameters. */
  get extensions(): readonly AgreedExtension[] {
    return this[SESSION].extensions;
  }

  /** `"open"`, `"closing"` once the closing handshake has begun, `"closed"` when the TCP connection has ended. */
  get state(): State {
    return this[SESSION].protocol.state;
  }

  /** Once closed: the peer's close code; 1005 if its Close frame had none, 1006 if there was no Close frame. */
  get closeCode(): number | undefined {
    return this[SESSION].closeInfo?.code;
  }

  /** Once closed: the peer's reason, or empty. */
  get closeReason(): string | undefined {
    return this[SESSION].closeInfo?.reason;
  }

  /** Milliseconds from the last answered ping to its pong; `undefined` before the first. */
  get latency(): number | undefined {
    return this[SESSION].latency;
  }

  /** Bytes that were sent and that the operating system has not taken yet; those of messages that wait to be compressed too. */
  get bufferedAmount(): number {
    return this[SESSION].bufferedAmount;
  }

  get localAddress(): string | undefined {
    return this.#endpoints.localAddress;
  }

  get localPort(): number | undefined {
    return this.#endpoints.localPort;
  }

  /** The peer's address; behind trusted proxies, the one that they report. */
  get remoteAddress(): string | undefined {
    return this.#endpoints.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#endpoints.remotePort;
  }

  /**
   * Receives the next message: a string if it is text, bytes of the caller's own if it is binary. Small messages of bytes share
   * memory, as Node's buffers do: their `buffer` holds more than themselves.
   *
   * Messages that arrived before the connection was closed are still delivered; then it rejects with
   * {@link ConnectionClosedOK} or {@link ConnectionClosedError}. A second call before the first has settled rejects with
   * {@link ConcurrencyError}. Aborting the signal loses no message.
   */
  recv(options?: RecvOptions): Promise<Message> {
    return this.#receive().recv(options);
  }

  /** The messages until the connection closes. Throws {@link ConnectionClosedError} if it does not close normally. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, void, void> {
    return this.#receive().messages();
  }

  /**
   * Receives the next message in fragments as they arrive, so that it need not be held whole; large fragments come in pieces,
   * and compressed ones where their sender flushed. To be iterated once; leaving early drops the rest of the message.
   */
  recvStream(): AsyncGenerator<Message, void, void> {
    return this.#receive().pieces();
  }

  /**
   * Sends a message: a string as text, bytes as binary, an iterable of either as one message in fragments.
   *
   * Resolves at once while `bufferedAmount` is at most `writeLimit`, else when the buffer has drained; awaiting it is all that
   * back-pressure takes. Messages leave in the order of the calls. Until it has resolved, bytes must not be changed.
   *
   * Rejects with {@link ConnectionClosed} once the connection is closed; nobody has to handle that.
   *
   * @throws {TypeError} if `data` is neither text nor bytes.
   */
  send(data: Data | DataFragments, options?: SendOptions): Promise<void> {
    return this[SESSION].outbox.send(data, options);
  }

  /**
   * Sends a message without ever waiting. `false` says that more than `writeLimit` now waits, or that the connection is not
   * open: a caller that goes on regardless fills the memory. Bytes must not be changed until they are sent.
   *
   * @throws {TypeError} if `data` is neither text nor bytes.
   */
  sendNow(data: Data, options?: SendOptions): boolean {
    return this[SESSION].outbox.sendNow(data, options);
  }

  /**
   * Sends a ping, and resolves with the milliseconds until its pong. `payload`: at most 125 bytes; four random ones by
   * default. Rejects with {@link ConnectionClosed} if the connection ends first; nobody has to handle that.
   *
   * @throws {RangeError} if `payload` is too long.
   * @throws {TypeError} if `payload` is neither text nor bytes.
   */
  ping(payload: Data = randomBytes(4)): Promise<number> {
    const session = this[SESSION];
    const bytes = toBytes("ping", payload);
    let waiter!: PingWaiter;
    const answered = new Promise<number>((resolve, reject) => {
      waiter = { answered: resolve, lost: () => session.rejectOnceClosed().catch(reject) };
    });
    answered.catch(ignore);
    if (!session.protocol.ping(bytes, session.now, waiter)) waiter.lost();
    return answered;
  }

  /**
   * Sends an unsolicited pong, a sign of life that asks for nothing. Pings are answered without it.
   *
   * @throws {RangeError} if `payload` is longer than 125 bytes.
   */
  pong(payload: Data = ""): void {
    this[SESSION].protocol.pong(toBytes("pong", payload));
  }

  /**
   * Closes the connection, and resolves when the TCP connection has ended, at the latest after `closeTimeout`. Does no more
   * than wait if it is closing already. Messages sent before go first, also those that are still being compressed; only one in
   * fragments is cut off.
   *
   * @throws {RangeError} if `code` must not be sent (RFC 6455, section 7.4) or `reason` is longer than 123 bytes.
   */
  close(code = 1000, reason = ""): Promise<void> {
    const session = this[SESSION];
    session.protocol.close(code, reason, session.now);
    return session.waitClosed();
  }

  /** Destroys the TCP connection at once: the peer sees 1006, and what was not sent is lost. */
  terminate(): void {
    this[SESSION].terminate();
  }

  /** Resolves when the connection is closed, whoever closed it. */
  waitClosed(): Promise<void> {
    return this[SESSION].waitClosed();
  }

  /** The messages as a Web stream, which reads on as it is read from. */
  get readable(): ReadableStream<Message> {
    this.#streams ??= {};
    this.#streams.readable ??= readableOf(this);
    return this.#streams.readable;
  }

  /** A Web stream of messages to send. Closing it closes the connection with 1000, aborting it with 1011. */
  get writable(): WritableStream<Data> {
    this.#streams ??= {};
    this.#streams.writable ??= writableOf(this);
    return this.#streams.writable;
  }

  /** Closes the connection at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(): Receiver {
    this.#receiver ??= new Receiver(this[SESSION]);
    return this.#receiver;
  }
}
