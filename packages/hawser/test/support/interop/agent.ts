/**
 * Peers that are driven from afar: calls with arguments and results that JSON can carry.
 */

import type { Message } from "hawser";
import type { PeerClose, PeerConnection } from "./peer.ts";

/** Calls a method of an agent, and brings back what it returns. */
export type Call = (method: string, ...args: readonly unknown[]) => Promise<unknown>;

/** A message as JSON carries it. */
export type PlainMessage = { readonly text: string } | { readonly base64: string };

/** What an agent says of a connection that has opened. */
export interface Opened {
  readonly id: number;
  readonly subprotocol: string;
  readonly extensions: string;
}

export class AgentConnection implements PeerConnection {
  readonly subprotocol: string;
  readonly extensions: string;
  readonly #id: number;
  readonly #call: Call;

  constructor(call: Call, { id, subprotocol, extensions }: Opened) {
    this.#call = call;
    this.#id = id;
    this.subprotocol = subprotocol;
    this.extensions = extensions;
  }

  send(message: Message): Promise<void> {
    return this.sendEach([message]);
  }

  async sendEach(messages: readonly Message[]): Promise<void> {
    await this.#call("sendEach", this.#id, messages.map(toPlain));
  }

  async sendFragments(fragments: readonly Message[]): Promise<void> {
    await this.#call("sendFragments", this.#id, fragments.map(toPlain));
  }

  async receive(): Promise<Message> {
    const [message] = await this.receiveEach(1);
    return message!;
  }

  async receiveEach(count: number): Promise<readonly Message[]> {
    const messages = await this.#call("receiveEach", this.#id, count);
    return (messages as readonly PlainMessage[]).map(fromPlain);
  }

  async ping(payload: string): Promise<void> {
    await this.#call("ping", this.#id, payload);
  }

  async close(...args: [code?: number, reason?: string]): Promise<void> {
    await this.#call("close", this.#id, ...args);
  }

  async closed(): Promise<PeerClose> {
    return (await this.#call("closed", this.#id)) as PeerClose;
  }

  async terminate(): Promise<void> {
    await this.#call("terminate", this.#id);
  }
}

function toPlain(message: Message): PlainMessage {
  return typeof message === "string" ? { text: message } : { base64: Buffer.from(message).toString("base64") };
}

function fromPlain(message: PlainMessage): Message {
  return "text" in message ? message.text : new Uint8Array(Buffer.from(message.base64, "base64"));
}
