/**
 * Two transports that are joined in memory, and the link between them.
 *
 * They behave as TCP sockets do: bytes keep their order and arrive later, never inside the call that sends them; either side
 * may end while the other goes on; a side that does not read stops the other one.
 */

import { flushLater } from "../node/flush-queue.ts";
import { CONGESTED, type Endpoints, type Transport, type TransportSink } from "../node/transport.ts";
import type { FakeClock } from "./fake-clock.ts";
import { LinkDirection, type LinkDirectionOptions, type LinkReceiver } from "./link-direction.ts";

/** How bytes travel between two transports: alike in both directions, but for what `toServer` and `toClient` say. */
export interface LinkOptions extends LinkDirectionOptions {
  readonly toServer?: LinkDirectionOptions;
  readonly toClient?: LinkDirectionOptions;
}

export class MemoryTransport implements Transport, LinkReceiver {
  readonly endpoints: Endpoints;
  readonly #clock: FakeClock;
  #outgoing: LinkDirection | undefined;
  #incoming: LinkDirection | undefined;
  #sink: TransportSink | undefined;
  #isFlushScheduled = false;
  #isPaused = false;
  #hasFinished = false;
  #hasReceivedEnd = false;
  #hasEnded = false;
  #error: Error | undefined;
  /** Since when bytes wait; -1 if none do. */
  #waitingSince = -1;

  bytes: Uint8Array = new Uint8Array(0);
  end = 0;

  /** @internal */
  constructor(clock: FakeClock, endpoints: Endpoints) {
    this.#clock = clock;
    this.endpoints = endpoints;
  }

  /** @internal */
  join(outgoing: LinkDirection, incoming: LinkDirection): void {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
  }

  attach(sink: TransportSink): void {
    this.#sink = sink;
    if (this.#hasEnded) this.#reportEnd();
    else this.#incoming?.wake();
  }

  // Sending

  get bufferedAmount(): number {
    return this.end + (this.#outgoing?.waiting ?? 0);
  }

  get isCongested(): boolean {
    return this.#waitingSince >= 0 && this.bufferedAmount > CONGESTED;
  }

  get stalledFor(): number {
    return this.#waitingSince < 0 ? 0 : this.#clock.now() - this.#waitingSince;
  }

  reserve(length: number): void {
    this.#scheduleFlush();
    if (this.bytes.length - this.end >= length) return;
    const grown = new Uint8Array(this.end + Math.max(length, 256));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
  }

  append(payload: Uint8Array): void {
    this.#scheduleFlush();
    this.#sendBuffer();
    this.#send(payload);
  }

  flush(): void {
    this.#isFlushScheduled = false;
    this.#sendBuffer();
  }

  finish(): void {
    this.flush();
    if (this.#hasFinished || this.#hasEnded) return;
    this.#hasFinished = true;
    this.#outgoing?.sendEnd();
    this.#endIfBothEnded();
  }

  abort(): void {
    if (this.#hasEnded) return;
    this.#outgoing?.sendReset();
    this.#endWith(undefined);
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    flushLater(this);
  }

  #sendBuffer(): void {
    const bytes = this.bytes.subarray(0, this.end);
    this.bytes = new Uint8Array(0);
    this.end = 0;
    if (bytes.length > 0) this.#send(bytes);
  }

  #send(bytes: Uint8Array): void {
    if (this.#hasFinished || this.#hasEnded) return;
    this.#outgoing?.send(bytes);
    if (this.#waitingSince < 0 && this.bufferedAmount > 0) this.#waitingSince = this.#clock.now();
  }

  /** @internal The link has room again. */
  drained(): void {
    this.#waitingSince = -1;
    if (!this.#hasEnded) this.#sink?.drained();
  }

  // Receiving

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#incoming?.wake();
  }

  get isReading(): boolean {
    return this.#sink !== undefined && !this.#isPaused && !this.#hasEnded;
  }

  received(bytes: Uint8Array): void {
    this.#sink?.received(bytes);
  }

  receivedEnd(): void {
    this.#hasReceivedEnd = true;
    this.#sink?.receivedEnd();
    this.#endIfBothEnded();
  }

  receivedReset(): void {
    this.#endWith(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
  }

  // The end

  #endIfBothEnded(): void {
    if (this.#hasFinished && this.#hasReceivedEnd) this.#endWith(undefined);
  }

  #endWith(error: Error | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#error = error;
    this.#reportEnd();
  }

  #reportEnd(): void {
    queueMicrotask(() => {
      const sink = this.#sink;
      this.#sink = undefined;
      sink?.ended(this.#error);
    });
  }
}

/**
 * A link in memory and the transports at its ends.
 *
 * Without a delay, what one end sends arrives at the other in a promise job, and a test need not turn the clock for it.
 */
export class MemoryLink {
  readonly client: MemoryTransport;
  readonly server: MemoryTransport;
  readonly toServer: LinkDirection;
  readonly toClient: LinkDirection;

  constructor(clock: FakeClock, { toServer, toClient, ...both }: LinkOptions = {}) {
    const client = new MemoryTransport(clock, endpoints(CLIENT_PORT, SERVER_PORT));
    const server = new MemoryTransport(clock, endpoints(SERVER_PORT, CLIENT_PORT));
    this.client = client;
    this.server = server;
    this.toServer = new LinkDirection(clock, { ...both, ...toServer }, server, () => client.drained());
    this.toClient = new LinkDirection(clock, { ...both, ...toClient }, client, () => server.drained());
    client.join(this.toServer, this.toClient);
    server.join(this.toClient, this.toServer);
  }

  /** Milliseconds that bytes sent from now on are under way, in both directions. */
  setDelay(ms: number): void {
    this.toServer.setDelay(ms);
    this.toClient.setDelay(ms);
  }

  /** From now on nothing arrives at either end, and neither is told: what a pulled cable does. */
  cut(): void {
    this.toServer.cut();
    this.toClient.cut();
  }

  /** What was sent since {@link cut} arrives now, as TCP would send it again. */
  restore(): void {
    this.toServer.restore();
    this.toClient.restore();
  }
}

const SERVER_PORT = 80;
const CLIENT_PORT = 49_152;

function endpoints(localPort: number, remotePort: number): Endpoints {
  return { localAddress: "127.0.0.1", localPort, remoteAddress: "127.0.0.1", remotePort, isSecure: false };
}
