/**
 * The peer Chromium, headless: the agent runs in a page, which a server of its own serves.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { AgentConnection, type Opened } from "./agent.ts";
import type { Peer, PeerConnection } from "./peer.ts";
import { WebAgent } from "./web-agent.ts";

const EXECUTABLE = "/usr/bin/chromium";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

export class ChromiumPeer implements Peer {
  readonly name = "Chromium";
  readonly abilities = ["compress what it sends", "close without a code"] as const;
  readonly #pages = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>Interoperability</title>");
  });
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;
  #page: Page | undefined;

  async start(): Promise<void> {
    this.#browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
    this.#context = await this.#browser.newContext({ ignoreHTTPSErrors: true });
    await this.#context.addInitScript(
      `const agent = new (${WebAgent})((url, subprotocols) => new WebSocket(url, subprotocols));
       globalThis.callAgent = (method, args) => agent[method](...args);`,
    );
    await once(this.#pages.listen(0, "127.0.0.1"), "listening");
    this.#page = await this.openPage(`http://127.0.0.1:${(this.#pages.address() as AddressInfo).port}/`);
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    this.#pages.close();
  }

  readonly connect: Peer["connect"] = (url, { subprotocols }) => this.connectFrom(this.#page!, url, subprotocols);

  /** Another page, from which one can connect and which one can leave. */
  async openPage(url: string): Promise<Page> {
    const page = await this.#context!.newPage();
    await page.goto(url);
    return page;
  }

  async connectFrom(page: Page, url: string, subprotocols: readonly string[] = []): Promise<PeerConnection> {
    const call = (method: string, ...args: readonly unknown[]) =>
      page.evaluate(([name, values]) => callAgent(name, values), [method, args] as const);
    return new AgentConnection(call, (await call("open", url, subprotocols)) as Opened);
  }
}

/** In the page. */
declare function callAgent(method: string, args: readonly unknown[]): Promise<unknown>;
