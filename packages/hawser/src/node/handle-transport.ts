/**
 * A transport on a TCP or pipe handle, without the socket that Node makes around one.
 *
 * Writes as the stream transport does: all frames of a turn in one buffer and one write, memory from the pool if the kernel
 * takes it at once, memory of its own for what must wait. What of Node's is used for it stands in `tcp-handles.ts`.
 */

import { getSystemErrorName } from "node:util";
import { copyBytes } from "../bytes/copy.ts";
import { READ_BUFFER } from "../bytes/vector-memory.ts";
import { ChunkQueue } from "./chunk-queue.ts";
import { flushLater } from "./flush-queue.ts";
import { unmapped } from "./ip-address.ts";
import { NO_BYTES, outputPool } from "./output-pool.ts";
import {
  type HandleAddress,
  type HandleDriver,
  type HandleOwner,
  type StreamHandle,
  systemError,
  WAITS,
} from "./tcp-handles.ts";
import { CONGESTED, type Endpoints, type Transport, type TransportSink } from "./transport.ts";

/** Where a handle finds its transport: one property in place of closures. */
const TRANSPORT: unique symbol = Symbol("transport");

type OwnedHandle = StreamHandle & { [TRANSPORT]?: HandleTransport };

/** A write that the kernel has not taken all of. */
interface WaitingWrite {
  readonly since: number;
  /** The pool's buffer that is being written, or none of it. */
  readonly lent: Buffer;
}

export class HandleTransport implements Transport, Endpoints, HandleOwner {
  readonly #driver: HandleDriver;
  /** Gone when it is closed, or about to be. */
  #handle: OwnedHandle | undefined;
  #sink: TransportSink | undefined;
  #isReceiving = false;
  #isFlushScheduled = false;
  #isPaused = false;
  #hasReceivedEnd = false;
  /** Whether our side ends once everything is written, and has ended. */
  #isFinishing = false;
  #hasShutDown = false;
  #waiting: WaitingWrite | undefined;
  /** A payload by reference, while it is all that this turn has sent. */
  #lone: Uint8Array | undefined;
  /** In memory of their own: what waits for its turn to be written, and payloads by reference. Before {@link bytes}. */
  #queue: ChunkQueue | undefined;
  #error: Error | undefined;
  /** Remembered: who has reset the connection cannot be asked any more. */
  #remoteAddress: string | undefined;
  #remotePort: number | undefined;

  bytes: Buffer = NO_BYTES;
  end = 0;

  constructor(handle: StreamHandle, driver: HandleDriver) {
    this.#handle = handle;
    this.#driver = driver;
    this.#handle[TRANSPORT] = this;
    const address = addressOf(handle, "getpeername");
    this.#remoteAddress = unmapped(address?.address);
    this.#remotePort = address?.port;
  }

  attach(sink: TransportSink): void {
    const isFirst = this.#sink === undefined;
    this.#sink = sink;
    const handle = this.#handle;
    if (handle === undefined) process.nextTick(() => this.#tellEnded());
    else if (isFirst) this.#startReading(handle);
  }

  get endpoints(): Endpoints {
    return this;
  }

  get localAddress(): string | undefined {
    return unmapped(addressOf(this.#handle, "getsockname")?.address);
  }

  get localPort(): number | undefined {
    return addressOf(this.#handle, "getsockname")?.port;
  }

  get remoteAddress(): string | undefined {
    return this.#remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#remotePort;
  }

  get isSecure(): boolean {
    return false;
  }

  // Reading

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (!this.#hasReceivedEnd) this.#handle?.readStop();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#handle !== undefined && !this.#hasReceivedEnd) this.#readOn(this.#handle);
  }

  #startReading(handle: OwnedHandle): void {
    handle.onread = onRead;
    handle.useUserBuffer(READ_BUFFER);
    if (!this.#isPaused) this.#readOn(handle);
  }

  #readOn(handle: StreamHandle): void {
    const status = handle.readStart();
    if (status < 0) this.#fail(status, "read");
  }

  /** Node has read something into the shared buffer, or there is nothing more to read. */
  read(): void {
    const length = this.#driver.lengthRead();
    if (length > 0) this.receive(READ_BUFFER, length);
    else if (length < 0 && getSystemErrorName(length) === "EOF") this.#receiveEnd();
    else if (length < 0) this.#fail(length, "read");
  }

  /** Bytes arrived. What they cause to be sent leaves in one write, even if the sink throws. */
  receive(bytes: Uint8Array, end: number): void {
    this.#isReceiving = true;
    try {
      this.#sink?.received(bytes, end);
    } finally {
      this.#isReceiving = false;
      if (this.end > 0 || this.#lone !== undefined || this.#queue !== undefined) this.flush();
    }
  }

  #receiveEnd(): void {
    this.#hasReceivedEnd = true;
    this.#sink?.receivedEnd();
    this.#closeOnceEnded();
  }

  // Writing

  get bufferedAmount(): number {
    const handled = this.#waiting === undefined ? 0 : (this.#handle?.writeQueueSize ?? 0);
    return this.end + (this.#lone?.length ?? 0) + (this.#queue?.length ?? 0) + handled;
  }

  get isCongested(): boolean {
    return this.#waiting !== undefined && this.bufferedAmount > CONGESTED;
  }

  get stalledFor(): number {
    return this.#waiting === undefined ? 0 : performance.now() - this.#waiting.since;
  }

  reserve(length: number): void {
    this.#enqueueLone();
    if (this.bytes.length - this.end < length) outputPool.makeRoom(this, length);
    this.#scheduleFlush();
  }

  append(payload: Uint8Array): void {
    if (!this.#isWritable()) return;
    const isFirst = this.end === 0 && this.#queue === undefined && this.#lone === undefined;
    if (isFirst) this.#lone = payload;
    else {
      this.#enqueueLone();
      this.#enqueueBuffer();
      this.#enqueue(payload);
    }
    this.#scheduleFlush();
  }

  flush(): void {
    this.#isFlushScheduled = false;
    if (!this.#isWritable()) this.#discardOutput();
    else if (this.#waiting !== undefined) {
      this.#enqueueLone();
      this.#enqueueBuffer();
    } else if (this.#lone !== undefined) this.#writeLone(this.#lone);
    else if (this.#queue === undefined) this.#writeBuffer();
    else {
      this.#enqueueBuffer();
      this.#writeQueue();
    }
  }

  finish(): void {
    if (!this.#isWritable()) return;
    this.flush();
    this.#isFinishing = true;
    this.#shutDownOnceWritten();
  }

  abort(): void {
    this.#close();
  }

  #isWritable(): boolean {
    return this.#handle !== undefined && !this.#isFinishing;
  }

  #scheduleFlush(): void {
    if (this.#isReceiving || this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    flushLater(this);
  }

  #writeBuffer(): void {
    const { bytes, end } = this;
    if (end === 0) return;
    this.bytes = NO_BYTES;
    this.end = 0;
    if (!this.#write(bytes.subarray(0, end), bytes)) outputPool.takeBack(bytes);
  }

  #writeLone(payload: Uint8Array): void {
    this.#lone = undefined;
    this.#write(payload, NO_BYTES);
  }

  #writeQueue(): void {
    const chunks = this.#queue?.take() ?? [];
    this.#queue = undefined;
    this.#write(chunks.length === 1 ? chunks[0]! : chunks, NO_BYTES);
  }

  /** Whether the memory is still needed. */
  #write(chunks: Uint8Array | readonly Uint8Array[], lent: Buffer): boolean {
    const status = this.#driver.write(this.#handle!, chunks, this);
    if (status === WAITS) this.#waiting = { since: performance.now(), lent };
    else if (status < 0) this.#fail(status, "write");
    return status === WAITS;
  }

  /** The kernel has taken what waited, or never will. */
  written(status: number): void {
    if (this.#waiting !== undefined) outputPool.takeBack(this.#waiting.lent);
    this.#waiting = undefined;
    if (this.#handle === undefined) return;
    if (status < 0) {
      this.#fail(status, "write");
      return;
    }
    if (this.#queue !== undefined) this.#writeQueue();
    this.#shutDownOnceWritten();
    if (this.#handle !== undefined) this.#sink?.drained();
  }

  /** What is in the buffer takes its place behind what waits already. */
  #enqueueBuffer(): void {
    if (this.end > 0) this.#enqueue(copyBytes(this.bytes, 0, this.end));
    outputPool.discard(this);
  }

  #enqueueLone(): void {
    const lone = this.#lone;
    this.#lone = undefined;
    if (lone !== undefined) this.#enqueue(lone);
  }

  #enqueue(chunk: Uint8Array): void {
    this.#queue ??= new ChunkQueue();
    this.#queue.push(chunk);
  }

  // The end

  #shutDownOnceWritten(): void {
    const handle = this.#handle;
    if (!this.#isFinishing || handle === undefined || this.#waiting !== undefined) return;
    const status = this.#driver.shutdown(handle, this);
    // Done at once, or there is nobody who could be told any more
    if (status > 0 || (status < 0 && getSystemErrorName(status) === "ENOTCONN")) this.shutDown();
    else if (status < 0) this.#fail(status, "shutdown");
  }

  shutDown(): void {
    this.#hasShutDown = true;
    this.#closeOnceEnded();
  }

  #closeOnceEnded(): void {
    if (this.#hasShutDown && this.#hasReceivedEnd) this.#close();
  }

  #fail(status: number, action: string): void {
    if (this.#handle === undefined) return;
    this.#error = systemError(status, action);
    this.#close();
  }

  #close(): void {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    this.#queue = undefined;
    this.#lone = undefined;
    handle.close(onClosed);
  }

  closed(): void {
    this.#tellEnded();
  }

  #tellEnded(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#discardOutput();
    sink?.ended(this.#error);
  }

  #discardOutput(): void {
    this.#lone = undefined;
    outputPool.discard(this);
  }
}

function onRead(this: OwnedHandle): void {
  this[TRANSPORT]!.read();
}

function onClosed(this: OwnedHandle): void {
  this[TRANSPORT]!.closed();
}

/** `undefined` if the handle has none, or cannot tell any more. */
function addressOf(
  handle: StreamHandle | undefined,
  end: "getpeername" | "getsockname",
): Partial<HandleAddress> | undefined {
  const address: Partial<HandleAddress> = {};
  return handle?.[end]?.(address) === 0 ? address : undefined;
}
