/**
 * Runs the cases for a client: the suite listens, and every connection that comes is the next case.
 */

import { createServer, type Server, type Socket } from "node:net";
import type { Case, ClientOpening } from "./case.ts";
import { clientCases } from "./cases/index.ts";
import { resolveOptions, type SuiteOptions, type SuiteSettings, selectCases } from "./options.ts";
import { Mismatch, perform } from "./perform.ts";
import { type CaseResult, makeReport, NotApplicable, type Report, resultOf } from "./report.ts";
import { judgeRequest } from "./request.ts";
import { Session } from "./session.ts";
import { Channel } from "./wire/channel.ts";
import { type DeflateParameters, deflateParameters, parseExtensions } from "./wire/extension-header.ts";
import { encodeWire } from "./wire/frame.ts";
import { acceptOf, fill, type Head, headerOf, headSize, parseHead } from "./wire/http.ts";

/** A client under test that lives in this process. */
export interface ClientUnderTest {
  /**
   * Connects to `url`, echoes every message with its type until the connection is closed, then resolves or rejects; either
   * is fine. It is called again and again, several times at once.
   */
  readonly connect: (url: string) => Promise<unknown>;
}

/** No more cases: what a client under test takes as the sign to stop. */
const GONE = "HTTP/1.1 410 Gone\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/** A call of `connect` that lasts longer than so many timeouts is left to itself. */
const GIVE_UP = 10;

function settledWithin(promise: Promise<unknown>, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeout);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    promise.then(settle, settle);
  });
}

async function readRequest(channel: Channel, timeout: number): Promise<Head> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const size = headSize(channel.received);
    if (size !== undefined) return parseHead(channel.consume(size));
    if (channel.end !== undefined) throw new Mismatch("a request", "the end of the connection");
    if (!(await channel.more(deadline))) throw new Mismatch("a request", `nothing within ${timeout} ms`);
  }
}

/** A client that fails the handshake must not use the connection (RFC 6455, section 4.1). */
async function expectRefused(channel: Channel, timeout: number): Promise<void> {
  const deadline = performance.now() + timeout;
  while (channel.end === undefined && channel.received.length === 0) {
    if (!(await channel.more(deadline)))
      throw new Mismatch("the client to end the connection", `nothing within ${timeout} ms`);
  }
  if (channel.received.length > 0) throw new Mismatch("no byte from the client", `${channel.received.length} bytes`);
}

/** What the response binds both sides to. */
function agreedParameters(response: string): DeflateParameters | undefined {
  const header = /\r\nSec-WebSocket-Extensions: (.*)\r\n/.exec(response)?.[1];
  return header === undefined ? undefined : deflateParameters(parseExtensions(header)[0]!);
}

function expectOffers(request: Head, needs: readonly string[]): void {
  const offers = headerOf(request, "sec-websocket-extensions") ?? "";
  const missing = needs.find((need) => !offers.includes(need));
  if (missing !== undefined) throw new NotApplicable(`the client did not offer ${missing}`);
}

/** The suite's listener: gives cases to connections and collects the results. */
class ClientRun {
  readonly #cases: readonly Case[];
  readonly #settings: SuiteSettings;
  readonly #results: CaseResult[];
  readonly #seenKeys = new Set<string>();
  readonly #server: Server;
  readonly #running = new Set<Promise<void>>();
  #next = 0;
  #left: number;
  #finish: () => void = () => {};
  /** Settles when every case has a result. */
  readonly finished: Promise<void>;

  constructor(cases: readonly Case[], settings: SuiteSettings) {
    this.#cases = cases;
    this.#settings = settings;
    this.#results = new Array(cases.length);
    this.#left = cases.length;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    if (cases.length === 0) this.#finish();
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const running = this.#accept(socket).finally(() => this.#running.delete(running));
      this.#running.add(running);
    });
  }

  get hasMore(): boolean {
    return this.#next < this.#cases.length;
  }

  /** In the tables' order; cases that no connection came for have failed. */
  get results(): CaseResult[] {
    const missing = new Mismatch("a connection from the client", "none");
    return this.#cases.map((testCase, index) => this.#results[index] ?? resultOf(testCase, missing));
  }

  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address();
        resolve(`ws://127.0.0.1:${typeof address === "object" ? address?.port : address}/`);
      });
    });
  }

  /** Waits for the cases under way: a client may be done with its connection before its case is. */
  async close(): Promise<void> {
    await Promise.all(this.#running);
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #accept(socket: Socket): Promise<void> {
    const channel = new Channel(socket);
    const index = this.#next;
    const testCase = this.#cases[index];
    if (testCase === undefined) return this.#turnAway(channel);
    this.#next++;
    this.#results[index] = await this.#run(testCase, channel);
    if (--this.#left === 0) this.#finish();
  }

  async #turnAway(channel: Channel): Promise<void> {
    const { timeout } = this.#settings;
    await channel.write(Buffer.from(GONE), "whole");
    channel.finish();
    const deadline = performance.now() + timeout;
    while (channel.end === undefined && (await channel.more(deadline)));
    channel.destroy();
  }

  async #run(testCase: Case, channel: Channel): Promise<CaseResult> {
    try {
      await this.#perform(testCase, channel);
      return resultOf(testCase, undefined);
    } catch (failure) {
      return resultOf(testCase, failure);
    } finally {
      channel.destroy();
    }
  }

  async #perform({ opening, steps }: Case, channel: Channel): Promise<void> {
    if (opening.role !== "client") throw new Error("Cannot run a server's case against a client");
    const { profile, timeout } = this.#settings;
    const request = await readRequest(channel, timeout);
    judgeRequest(request, this.#seenKeys);
    expectOffers(request, opening.needs ?? []);
    const response = await this.#respond(channel, request, opening);
    if (opening.outcome === "refused") return expectRefused(channel, timeout);
    const session = new Session(channel, { role: "client", timeout, deflate: agreedParameters(response) });
    session.noteSent(opening.behind ?? []);
    try {
      for (const step of steps) await perform(session, step, { profile });
    } finally {
      session.release();
    }
  }

  async #respond(channel: Channel, request: Head, opening: ClientOpening): Promise<string> {
    const accept = acceptOf(headerOf(request, "sec-websocket-key") ?? "");
    const response = fill(opening.response, { accept });
    const bytes = Buffer.concat([Buffer.from(response, "latin1"), encodeWire(opening.behind ?? [], "server")]);
    await channel.write(bytes, opening.feed ?? "whole");
    if (opening.finish === true) channel.finish();
    return response;
  }
}

function prepare(options: SuiteOptions): { run: ClientRun; settings: SuiteSettings } {
  const settings = resolveOptions(options);
  return { run: new ClientRun(selectCases(clientCases(settings.limits), settings), settings), settings };
}

/** Runs the cases for a client that lives in this process. Resolves also when cases fail. */
export async function runClientSuite(client: ClientUnderTest, options: SuiteOptions = {}): Promise<Report> {
  const { run, settings } = prepare(options);
  const started = performance.now();
  const url = await run.listen();
  const connectAgain = async (): Promise<void> => {
    while (run.hasMore) await settledWithin(client.connect(url), settings.timeout * GIVE_UP);
  };
  const loops = Promise.all(Array.from({ length: settings.concurrency }, connectAgain));
  await Promise.race([loops, run.finished]);
  await run.close();
  return makeReport("client", settings.profile, run.results, performance.now() - started);
}

/**
 * Runs the cases for a client that somebody else starts: `start` is given the URL, and settles when the client has ended.
 * The suite ends when every case has a result, or when the client has ended before.
 */
export async function serveClientSuite(
  start: (url: string) => Promise<unknown>,
  options: SuiteOptions = {},
): Promise<Report> {
  const { run, settings } = prepare(options);
  const started = performance.now();
  const client = start(await run.listen());
  await Promise.race([client.catch(() => undefined), run.finished]);
  await settledWithin(client, settings.timeout * GIVE_UP);
  await run.close();
  return makeReport("client", settings.profile, run.results, performance.now() - started);
}
