/**
 * A server for clients under test, on bare TCP: it shakes hands, and then exchanges messages with each client or floods it.
 *
 * It agrees to no extension.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { within } from "./deferred.ts";
import { Exchange } from "./exchange.ts";
import { Flood, type FloodRun, layRun } from "./flood.ts";
import { buildFrame, opcodeOf } from "./frame.ts";
import { FrameRibbon } from "./frame-ribbon.ts";
import { answerRequest } from "./handshake.ts";
import { DRAIN_TIMEOUT, FirstFailure, type Load, type Totals } from "./load.ts";
import { MaskedReplyReader } from "./masked-reply-reader.ts";
import { makePayloads } from "./payload.ts";
import type { ListenPlan } from "./plan.ts";

export class ListenLoad implements Load {
  readonly #plan: ListenPlan;
  readonly #totals: Totals = { messages: 0, bytes: 0 };
  readonly #payloads: readonly Uint8Array[];
  readonly #frames: readonly Buffer[];
  readonly #ribbon: FrameRibbon;
  readonly #floodRun: FloodRun;
  readonly #sockets = new Set<Socket>();
  readonly #exchanges: Exchange[] = [];
  readonly #floods: Flood[] = [];
  readonly #failure = new FirstFailure();
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  #running: Promise<unknown> = Promise.resolve();

  constructor(plan: ListenPlan) {
    this.#plan = plan;
    this.#payloads = makePayloads(plan.payload, plan.size);
    const opcode = opcodeOf(plan.payload);
    this.#frames = this.#payloads.map((payload) => buildFrame({ opcode, payload }));
    this.#ribbon = new FrameRibbon(this.#frames, plan.window);
    this.#floodRun = layRun(this.#frames);
  }

  /** Resolves to the port. The clients connect afterwards. */
  async open(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  start(): void {
    const { window, isEcho, connections } = this.#plan;
    const found = isEcho ? this.#exchanges.length : this.#floods.length;
    if (found !== connections) throw new Error(`${found} clients have connected, expected ${connections}`);
    for (const flood of this.#floods) flood.start();
    const runs = this.#exchanges.map((exchange) => exchange.run({ messages: Infinity, window }));
    this.#running = Promise.all(runs).catch(this.#failure.note);
  }

  count(): Totals {
    this.#failure.throwIfAny();
    if (this.#plan.isEcho) return { ...this.#totals };
    const messages = this.#floods.reduce((sum, { sent }) => sum + sent, 0);
    return { messages, bytes: messages * this.#plan.size };
  }

  async finish(): Promise<Totals> {
    for (const exchange of this.#exchanges) exchange.stop();
    const stopped = Promise.all([this.#running, ...this.#floods.map((flood) => flood.stop())]);
    await within(DRAIN_TIMEOUT, "the clients do not take or return what was sent", stopped);
    return this.count();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", this.#failure.note);
    socket.on("close", () => this.#failure.note(new Error("a client closed its connection")));
    let head = "";
    const readHead = (chunk: Buffer) => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", readHead);
      socket.write(answerRequest(head));
      this.#serve(socket);
    };
    socket.on("data", readHead);
  }

  #serve(socket: Socket): void {
    if (this.#plan.isEcho) this.#exchangeWith(socket);
    else this.#floods.push(new Flood(socket, this.#floodRun));
  }

  #exchangeWith(socket: Socket): void {
    const exchange = new Exchange({
      ribbon: this.#ribbon,
      reader: new MaskedReplyReader(this.#frames, this.#payloads),
      totals: this.#totals,
      write: (bytes) => socket.write(bytes),
    });
    this.#exchanges.push(exchange);
    socket.on("close", () => exchange.fail(new Error("a client closed its connection")));
    socket.on("data", (chunk) => {
      try {
        exchange.receive(chunk);
      } catch (error) {
        exchange.fail(error as Error);
        socket.destroy();
      }
    });
  }
}
