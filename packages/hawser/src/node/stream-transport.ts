/**
 * A transport on a Node stream: a TCP, TLS or Unix socket, or any other duplex stream.
 *
 * All frames of a turn go into one buffer and leave in one write. The buffer returns to the pool when the kernel has taken
 * all of it, which nearly always is at once; what must wait behind other bytes waits in memory of its own size.
 */

import { type OnReadOpts, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { READ_BUFFER, SHORT_READ_BUFFER } from "../bytes/vector-memory.ts";
import { flushLater } from "./flush-queue.ts";
import { unmapped } from "./ip-address.ts";
import { NO_BYTES, outputPool } from "./output-pool.ts";
import { type HandleDriver, type HandleOwner, handleOf, type StreamHandle, systemError, WAITS } from "./tcp-handles.ts";
import { CONGESTED, type Endpoints, type Transport, type TransportSink } from "./transport.ts";

/** Smaller payloads are cheaper to copy next to the other frames of a turn than to write apart. */
const REFERENCE_PAYS_OFF = 1_024;

/** Where a stream finds its transport: one property in place of a closure for each event of each connection. */
const TRANSPORT: unique symbol = Symbol("transport");

/** A stream, and what it knows besides if it is a socket. */
type TransportStream = Duplex &
  Partial<Pick<TLSSocket, "localAddress" | "localPort" | "remoteAddress" | "remotePort" | "encrypted">> & {
    [TRANSPORT]?: StreamTransport;
  };

export class StreamTransport implements Transport, Endpoints, HandleOwner {
  readonly #stream: TransportStream;
  /** Whether nothing will come out of the stream itself: it reads as {@link SHARED_READS} says, from its first byte on. */
  readonly #sharesAllReads: boolean;
  /** Writes past the stream while nothing waits there, to the socket's handle. */
  readonly #direct: HandleDriver | undefined;
  #handle: StreamHandle | undefined;
  /** Whether the kernel may take a write at once, so that its memory can be used again; encryption takes it later. */
  readonly #writesAtOnce: boolean;
  #sink: TransportSink | undefined;
  #isReceiving = false;
  #isFlushScheduled = false;
  #isCorked = false;
  /** A payload by reference, while it is all that this turn has sent. */
  #lone: Uint8Array | undefined;
  /** Since when bytes wait for the kernel; 0 if none do. */
  #waitingSince = 0;
  /** Bytes of a write past the stream that the kernel has not taken all of. */
  #directBytes = 0;
  /** The pool's buffer that the kernel has not taken all of. */
  #untaken: Buffer = NO_BYTES;
  #error: Error | undefined;

  bytes: Buffer = NO_BYTES;
  end = 0;

  /**
   * `sharesAllReads`: the stream is a socket that reads as {@link SHARED_READS} says, and has not begun to. `direct`: it is one
   * that nobody else writes to, and what may do so to its handle.
   */
  constructor(stream: Duplex, sharesAllReads = false, direct?: HandleDriver) {
    this.#stream = stream;
    this.#direct = direct;
    if (direct !== undefined) this.#handle = handleOf(stream);
    this.#sharesAllReads = sharesAllReads;
    this.#writesAtOnce = stream instanceof Socket && !(stream instanceof TLSSocket);
  }

  attach(sink: TransportSink): void {
    const isFirst = this.#sink === undefined;
    this.#sink = sink;
    if (!isFirst) return;
    const stream = this.#stream;
    stream[TRANSPORT] = this;
    stream.on("end", onEnd).on("error", onError).on("close", onClose);
    if (this.#sharesAllReads) stream.read(0);
    else stream.on("data", onData).resume();
    // A socket remembers whom it was connected to if it was asked while it was
    void stream.remoteAddress;
    if (stream.closed) process.nextTick(() => this.streamClosed());
  }

  /** A socket's own: no object is needed to know them. */
  get endpoints(): Endpoints {
    return this;
  }

  get localAddress(): string | undefined {
    return unmapped(this.#stream.localAddress);
  }

  get localPort(): number | undefined {
    return this.#stream.localPort;
  }

  get remoteAddress(): string | undefined {
    return unmapped(this.#stream.remoteAddress);
  }

  get remotePort(): number | undefined {
    return this.#stream.remotePort;
  }

  get isSecure(): boolean {
    return this.#stream.encrypted === true;
  }

  // Reading

  get isPaused(): boolean {
    return this.#stream.isPaused();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Bytes arrived, by the stream or with the opening handshake. What they cause to be sent leaves in one write, even if the
   * sink throws. */
  receive(bytes: Uint8Array, end: number): void {
    this.#isReceiving = true;
    try {
      this.#sink?.received(bytes, end);
    } finally {
      this.#isReceiving = false;
      if (this.end > 0 || this.#isCorked || this.#lone !== undefined) this.flush();
    }
  }

  receiveEnd(): void {
    this.#sink?.receivedEnd();
  }

  streamFailed(error: Error): void {
    this.#error ??= error;
  }

  streamClosed(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#handle = undefined;
    this.#discardOutput();
    sink?.ended(this.#error);
  }

  // Writing

  get bufferedAmount(): number {
    const unwritten = this.#lone === undefined ? this.end : this.#lone.length;
    // The stream is asked only while something may wait there
    if (this.#waitingSince === 0 && !this.#isCorked) return unwritten;
    return unwritten + this.#directBytes + this.#stream.writableLength;
  }

  /** Only while a drain is awaited: what the kernel takes at the end of the turn ends without one. */
  get isCongested(): boolean {
    return this.#waitingSince > 0 && this.bufferedAmount > CONGESTED;
  }

  get stalledFor(): number {
    return this.#waitingSince === 0 ? 0 : performance.now() - this.#waitingSince;
  }

  reserve(length: number): void {
    if (this.#lone !== undefined) this.#join(this.#lone);
    if (this.bytes.length - this.end < length) outputPool.makeRoom(this, length);
    this.#scheduleFlush();
  }

  append(payload: Uint8Array): void {
    // The stream is not looked at: among thousands of receivers it has long left the processor's caches
    const isFirst = this.end === 0 && !this.#isCorked && this.#lone === undefined;
    if (isFirst) this.#lone = payload;
    else this.#join(payload);
    this.#scheduleFlush();
  }

  /** Puts a payload next to what else this turn sends. */
  #join(payload: Uint8Array): void {
    const lone = this.#lone;
    this.#lone = undefined;
    if (lone !== undefined && lone !== payload) this.#join(lone);
    if (payload.length < REFERENCE_PAYS_OFF) this.#copyIn(payload);
    else this.#writeCorked(payload);
  }

  #copyIn(payload: Uint8Array): void {
    this.reserve(payload.length);
    this.bytes.set(payload, this.end);
    this.end += payload.length;
  }

  #writeCorked(payload: Uint8Array): void {
    if (!this.#isWritable()) return;
    if (!this.#isCorked) this.#stream.cork();
    this.#isCorked = true;
    this.#writeBuffer();
    this.#stream.write(payload);
  }

  flush(): void {
    this.#isFlushScheduled = false;
    if (this.#direct !== undefined && this.#waitingSince === 0 && !this.#isCorked) {
      this.#flushPastStream(this.#direct);
      return;
    }
    if (!this.#isWritable()) {
      this.#discardOutput();
      return;
    }
    if (this.#lone !== undefined) this.#writeLone(this.#lone);
    else this.#writeBuffer();
    if (this.#isCorked) {
      this.#isCorked = false;
      this.#stream.uncork();
    }
    if (this.#stream.writableLength > 0 && this.#waitingSince === 0) this.#awaitDrain();
  }

  finish(): void {
    this.flush();
    this.#handle = undefined;
    this.#stream.end();
  }

  abort(): void {
    this.#handle = undefined;
    this.#stream.destroy();
  }

  #isWritable(): boolean {
    return this.#stream.writable;
  }

  #scheduleFlush(): void {
    if (this.#isReceiving || this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    flushLater(this);
  }

  #writeLone(payload: Uint8Array): void {
    this.#lone = undefined;
    this.#stream.write(payload);
  }

  #writeBuffer(): void {
    const { bytes, end } = this;
    if (end === 0) return;
    this.bytes = NO_BYTES;
    this.end = 0;
    const isFirst = this.#stream.writableLength === 0 && this.#waitingSince === 0 && !this.#isCorked;
    const mayTakeAtOnce = this.#writesAtOnce && isFirst;
    this.#stream.write(mayTakeAtOnce ? bytes.subarray(0, end) : Buffer.from(bytes.subarray(0, end)));
    if (mayTakeAtOnce && this.#stream.writableLength > 0) this.#untaken = bytes;
    else outputPool.takeBack(bytes);
  }

  /** Node's stream would make a request, a callback and a tick of each write; the kernel nearly always takes it at once. */
  #flushPastStream(driver: HandleDriver): void {
    const handle = this.#handle;
    const { bytes, end } = this;
    const payload = this.#lone ?? (end > 0 ? bytes.subarray(0, end) : undefined);
    if (handle === undefined || payload === undefined) {
      this.#discardOutput();
      return;
    }
    this.#lone = undefined;
    this.bytes = NO_BYTES;
    this.end = 0;
    const status = driver.write(handle, payload, this);
    if (status === WAITS) this.#waitPastStream(payload, bytes);
    else outputPool.takeBack(bytes);
    // Or the stream is destroyed already, and its end is about to be told
    if (status < 0) this.#stream.destroy(systemError(status, "write"));
  }

  #waitPastStream(payload: Uint8Array, lent: Buffer): void {
    this.#waitingSince = performance.now();
    this.#directBytes = payload.length;
    this.#untaken = lent;
  }

  /** The kernel has taken what was written past the stream, or never will. What the stream was given since stands behind it. */
  written(status: number): void {
    this.#directBytes = 0;
    if (status < 0 && !this.#stream.destroyed) this.#stream.destroy(systemError(status, "write"));
    this.#drained();
  }

  shutDown(): void {}

  #awaitDrain(): void {
    this.#waitingSince = performance.now();
    // Written after all that waits, so its callback tells when that is gone: 'drain' comes for long queues alone. After the
    // stream was ended, its end tells
    if (this.#isWritable()) this.#stream.write(NO_BYTES, () => this.#drained());
  }

  #drained(): void {
    this.#waitingSince = 0;
    outputPool.takeBack(this.#untaken);
    this.#untaken = NO_BYTES;
    if (this.#stream.destroyed) return;
    if (this.#stream.writableLength > 0) this.#awaitDrain();
    this.#sink?.drained();
  }

  #discardOutput(): void {
    this.#lone = undefined;
    outputPool.discard(this);
  }
}

/**
 * For sockets that read into memory of ours: their `onread` option. All read into one buffer. Until a transport takes a socket
 * over, what is read comes out of its stream.
 */
export const SHARED_READS: OnReadOpts = { buffer: READ_BUFFER, callback: onSharedRead };

/** The same for connections whose messages wait to be received: what waits is bounded, and more at once is of no use to them. */
export const SHORT_SHARED_READS: OnReadOpts = { buffer: SHORT_READ_BUFFER, callback: onSharedRead };

/** Node calls it on the socket. */
function onSharedRead(this: unknown, length: number, buffer: Uint8Array): boolean {
  const stream = this as TransportStream;
  const transport = stream[TRANSPORT];
  if (transport === undefined) return stream.push(Buffer.from(buffer.subarray(0, length)));
  transport.receive(buffer, length);
  return true;
}

function onData(this: TransportStream, bytes: Buffer): void {
  this[TRANSPORT]!.receive(bytes, bytes.length);
}

function onEnd(this: TransportStream): void {
  this[TRANSPORT]!.receiveEnd();
}

function onError(this: TransportStream, error: Error): void {
  this[TRANSPORT]!.streamFailed(error);
}

function onClose(this: TransportStream): void {
  this[TRANSPORT]!.streamClosed();
}
