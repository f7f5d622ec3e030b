/**
 * A client of `topic-worker` that comes back whenever its connection ends, and writes down whether every offset came once and in
 * order, or a loss was told.
 */

import { type ClientConnection, connect } from "hawser";

interface Told {
  readonly type: "subscribed" | "number" | "lost";
  readonly epoch: string;
  readonly offset: number;
  readonly recovered?: boolean;
  readonly data?: string;
}

export class SequenceReader {
  /** What must not be: an offset that was left out, or came twice. */
  readonly faults: string[] = [];
  /** How often it was told that something is missing. */
  losses = 0;
  /** How often it came back. */
  returns = -1;
  readonly data: Set<string> = new Set();
  position: { readonly epoch: string; readonly offset: number } | undefined;
  readonly #port: () => number;
  readonly #running: Promise<void>;
  #connection: ClientConnection | undefined;
  #isStopped = false;

  constructor(port: () => number) {
    this.#port = port;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#connection?.terminate();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const { epoch, offset } = this.position ?? {};
        const query = epoch === undefined ? "" : `?epoch=${epoch}&offset=${offset}`;
        this.#connection = await connect(`ws://127.0.0.1:${this.#port()}/${query}`, {
          compression: false,
          proxy: null,
        });
        await this.#read(this.#connection);
      } catch {
        // Its process was killed, and is not back yet
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  async #read(connection: ClientConnection): Promise<void> {
    let early: Told[] | undefined = [];
    for await (const text of connection) {
      const told = JSON.parse(String(text)) as Told;
      if (told.type === "subscribed") {
        this.#subscribed(told);
        for (const one of early ?? []) this.#take(one);
        early = undefined;
      } else if (early === undefined) this.#take(told);
      else early.push(told);
    }
  }

  #subscribed({ recovered, epoch, offset }: Told): void {
    this.returns++;
    if (recovered) return;
    if (this.returns > 0) this.losses++;
    this.position = { epoch, offset };
  }

  #take({ type, epoch, offset, data = "" }: Told): void {
    const before = this.position!;
    if (type === "lost") this.losses++;
    else {
      const isNext = epoch === before.epoch && offset === before.offset + 1;
      if (!isNext) this.faults.push(`${epoch} ${offset} after ${before.epoch} ${before.offset}`);
      this.data.add(data);
    }
    this.position = { epoch, offset };
  }
}
