/** Clients that send messages, keep a window of them under way, and hold every reply against what it must be. */
import { type Conversation, type ConversationOf, type Conversations, conversationsOf } from "./conversation.ts";
import { within } from "./deferred.ts";
import { Exchange } from "./exchange.ts";
import { buildFrame, PONG } from "./frame.ts";
import { DRAIN_TIMEOUT, FirstFailure, inBatches, type Load, type Totals } from "./load.ts";
import type { EchoPlan } from "./plan.ts";
import { Wire } from "./wire.ts";

const PONG_MASKING_KEY = 0x1f2e3d4c;

interface Client {
  readonly wire: Wire;
  exchange: Exchange;
}

export class EchoLoad implements Load {
  readonly #totals: Totals = { messages: 0, bytes: 0 };
  readonly #plan: EchoPlan;
  readonly #conversationOf: ConversationOf;
  readonly #clients: Client[] = [];
  readonly #failure = new FirstFailure();
  /** How many connections there have been. */
  #opened = 0;
  /** How many of the clients were there before the last ones. */
  #settled = 0;
  #running: Promise<unknown> = Promise.resolve();

  constructor(plan: EchoPlan) {
    this.#plan = plan;
    this.#conversationOf = conversationsOf(plan);
  }

  async open(): Promise<undefined> {
    await this.more(this.#plan.connections);
  }

  /** Opens further connections beside those that are open. */
  async more(connections: number): Promise<void> {
    this.#settled = this.#clients.length;
    await inBatches(connections, async () => {
      const conversations = this.#conversationOf(this.#opened++);
      const client = this.#connect(conversations);
      this.#clients.push(client);
      await client.wire.opened();
      await this.#begin(client, conversations);
    });
  }

  thin(connections: number): void {
    const newest = this.#clients.splice(this.#settled);
    const apart = newest.length / connections;
    const staying = new Set(Array.from({ length: connections }, (_, index) => newest[Math.floor(index * apart)]!));
    for (const client of newest) {
      if (staying.has(client)) this.#clients.push(client);
      else client.wire.destroy();
    }
  }

  start(): void {
    const { window } = this.#plan;
    const runs = this.#clients.map(({ exchange }) => exchange.run({ messages: Infinity, window }));
    this.#running = Promise.all(runs).catch(this.#failure.note);
  }

  count(): Totals {
    this.#failure.throwIfAny();
    return { ...this.#totals };
  }

  async finish(): Promise<Totals> {
    for (const { exchange } of this.#clients) exchange.stop();
    await within(DRAIN_TIMEOUT, "replies are missing: not every message came back", this.#running);
    return this.count();
  }

  /** Everybody's first, then everybody's second: as connections that are mostly idle do, and not one after another. */
  async exchange(messages: number): Promise<void> {
    for (let round = 0; round < messages; round++) {
      await inBatches(this.#clients.length, (index) => this.#clients[index]!.exchange.run({ messages: 1, window: 1 }));
    }
  }

  close(): void {
    for (const { wire } of this.#clients.splice(0)) wire.destroy();
  }

  #connect({ leadIn, main }: Conversations): Client {
    const { port, compression } = this.#plan;
    const wire: Wire = new Wire({
      port,
      compression,
      receive: (chunk) => client.exchange.receive(chunk),
      gone: (error) => client.exchange.fail(error),
    });
    const client: Client = { wire, exchange: this.#exchangeOn(wire, leadIn ?? main) };
    return client;
  }

  /** Leaves the lead-in, if there is one, behind. */
  async #begin(client: Client, { leadIn, main }: Conversations): Promise<void> {
    if (leadIn === undefined) return;
    await client.exchange.run({ messages: 1, window: 1 });
    client.exchange = this.#exchangeOn(client.wire, main);
  }

  #exchangeOn(wire: Wire, { ribbon, makeReader }: Conversation): Exchange {
    const reader = makeReader((payload) => {
      wire.socket.write(buildFrame({ opcode: PONG, payload, maskingKey: PONG_MASKING_KEY }));
    });
    return new Exchange({ ribbon, reader, totals: this.#totals, write: (bytes) => wire.socket.write(bytes) });
  }
}
