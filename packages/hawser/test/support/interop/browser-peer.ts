/**
 * A browser as a peer: the agent runs in a page, which a server of its own serves. Which browser it is, and who drives it, is
 * not known here.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AgentConnection, type Call, type Opened } from "./agent.ts";
import type { Ability, Peer, PeerConnection } from "./peer.ts";
import { WebAgent } from "./web-agent.ts";

/** What drivers of browsers have in common. */
export interface BrowserPage {
  /** The value of an expression, as JSON carries it, once it is there. */
  evaluate(expression: string): Promise<unknown>;
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  close(): Promise<void>;
}

/** One that runs, headless, and takes certificates of anybody. */
export interface RunningBrowser {
  /** A page which runs a script before those of each document that it loads. */
  newPage(script: string): Promise<BrowserPage>;
  stop(): Promise<void>;
}

const SCRIPT = `const agent = new (${WebAgent})((url, subprotocols) => new WebSocket(url, subprotocols));
  globalThis.callAgent = (method, args) => agent[method](...args);`;

export class BrowserPeer implements Peer {
  readonly name: string;
  readonly abilities: readonly Ability[];
  readonly #launch: () => Promise<RunningBrowser>;
  readonly #pages = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>Interoperability</title>");
  });
  #browser: RunningBrowser | undefined;
  #page: BrowserPage | undefined;

  constructor(name: string, launch: () => Promise<RunningBrowser>, more: readonly Ability[] = []) {
    this.name = name;
    this.abilities = ["compress what it sends", "close without a code", ...more];
    this.#launch = launch;
  }

  async start(): Promise<void> {
    this.#browser = await this.#launch();
    await once(this.#pages.listen(0, "127.0.0.1"), "listening");
    this.#page = await this.openPage(`http://127.0.0.1:${(this.#pages.address() as AddressInfo).port}/`);
  }

  async stop(): Promise<void> {
    await this.#browser?.stop();
    this.#pages.close();
  }

  readonly connect: Peer["connect"] = (url, { subprotocols }) => this.connectFrom(this.#page!, url, subprotocols);

  /** Another page, from which one can connect and which one can leave. */
  async openPage(url: string): Promise<BrowserPage> {
    const page = await this.#browser!.newPage(SCRIPT);
    await page.goto(url);
    return page;
  }

  async connectFrom(page: BrowserPage, url: string, subprotocols: readonly string[] = []): Promise<PeerConnection> {
    const call: Call = (method, ...args) =>
      page.evaluate(`callAgent(${JSON.stringify(method)}, ${JSON.stringify(args)})`);
    return new AgentConnection(call, (await call("open", url, subprotocols)) as Opened);
  }
}
