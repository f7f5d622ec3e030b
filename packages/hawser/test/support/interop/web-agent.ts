/**
 * The agent for the interface WebSocket of the web platform. Its source is also sent to a browser's page, so it must not use
 * anything from outside of the class.
 */

import type { Opened, PlainMessage } from "./agent.ts";
import type { PeerClose } from "./peer.ts";

/** What is used of the interface. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly extensions: string;
  binaryType: string;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

interface Kept {
  readonly socket: WebSocketLike;
  readonly messages: PlainMessage[];
  /** Called when a message has arrived or the connection has closed. */
  wake(): void;
  closed: PeerClose | undefined;
  readonly whenClosed: Promise<PeerClose>;
}

export class WebAgent {
  readonly #create: (url: string, subprotocols: readonly string[]) => WebSocketLike;
  readonly #sockets: Kept[] = [];

  constructor(create: (url: string, subprotocols: readonly string[]) => WebSocketLike) {
    this.#create = create;
  }

  async open(url: string, subprotocols: readonly string[]): Promise<Opened> {
    const socket = this.#create(url, subprotocols);
    socket.binaryType = "arraybuffer";
    const opened = new Promise<void>((resolve) => {
      socket.onopen = () => resolve();
    });
    const id = this.#keep(socket);
    const refused = this.closed(id).then(({ code }) => {
      throw new Error(`not opened: ${code}`);
    });
    await Promise.race([opened, refused]);
    return { id, subprotocol: socket.protocol, extensions: socket.extensions };
  }

  sendEach(id: number, messages: readonly PlainMessage[]): void {
    const { socket } = this.#sockets[id]!;
    for (const message of messages) socket.send("text" in message ? message.text : this.#toBytes(message.base64));
  }

  async receiveEach(id: number, count: number): Promise<readonly PlainMessage[]> {
    const kept = this.#sockets[id]!;
    while (kept.messages.length < count) {
      if (kept.closed !== undefined) throw new Error(`closed: ${kept.closed.code} ${kept.closed.reason}`);
      await new Promise<void>((resolve) => {
        kept.wake = resolve;
      });
    }
    return kept.messages.splice(0, count);
  }

  close(id: number, ...args: [code?: number, reason?: string]): void {
    this.#sockets[id]!.socket.close(...args);
  }

  closed(id: number): Promise<PeerClose> {
    return this.#sockets[id]!.whenClosed;
  }

  #keep(socket: WebSocketLike): number {
    let resolve: (closed: PeerClose) => void = () => {};
    const whenClosed = new Promise<PeerClose>((settle) => {
      resolve = settle;
    });
    const kept: Kept = { socket, messages: [], wake: () => {}, closed: undefined, whenClosed };
    socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => {
      kept.messages.push(typeof data === "string" ? { text: data } : { base64: this.#toBase64(data) });
      kept.wake();
    };
    socket.onclose = ({ code, reason }: PeerClose) => {
      kept.closed = { code, reason };
      kept.wake();
      resolve(kept.closed);
    };
    return this.#sockets.push(kept) - 1;
  }

  #toBytes(base64: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(base64), (octet) => octet.charCodeAt(0));
  }

  #toBase64(content: ArrayBuffer): string {
    return btoa(Array.from(new Uint8Array(content), (octet) => String.fromCharCode(octet)).join(""));
  }
}
