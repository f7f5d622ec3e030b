/**
 * Runs the cases for a server: the suite is the client, on a connection of its own for every case.
 */

import { judgeAnswer } from "./answer.ts";
import type { Case, ServerOpening } from "./case.ts";
import { serverCases } from "./cases/index.ts";
import { resolveOptions, type SuiteOptions, type SuiteSettings, selectCases } from "./options.ts";
import { Mismatch, perform, type StepContext } from "./perform.ts";
import { type CaseResult, makeReport, NotApplicable, type Report, resultOf } from "./report.ts";
import { Session } from "./session.ts";
import { type Channel, openChannel } from "./wire/channel.ts";
import { encodeWire } from "./wire/frame.ts";
import { fill, type Head, headSize, parseHead, requestTemplate } from "./wire/http.ts";

/** RFC 6455's example, section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** The handshake of every case that is about something else. */
export const PLAIN_OPENING: ServerOpening = {
  role: "server",
  request: requestTemplate(),
  answer: { status: { strict: [101], rfc: [101] } },
};

function fillRequest(template: string, url: URL): string {
  return fill(template, { host: url.host, path: `${url.pathname}${url.search}`, key: KEY, port: url.port });
}

/** The value of Sec-WebSocket-Extensions, of all its lines. */
function offersOf(request: string): string {
  const lines = request.matchAll(/\r\nSec-WebSocket-Extensions: ([^\r]*)/g);
  return Array.from(lines, (match) => match[1]!).join(", ");
}

/** The response's head; `undefined` if the connection ended without a byte. */
async function readResponse(channel: Channel, timeout: number): Promise<Head | undefined> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const size = headSize(channel.received);
    if (size !== undefined) return parseHead(channel.consume(size));
    if (channel.end !== undefined && channel.received.length === 0) return undefined;
    if (channel.end !== undefined) throw new Mismatch("a response", "the connection ends within the head");
    if (!(await channel.more(deadline))) throw new Mismatch("a response", `nothing within ${timeout} ms`);
  }
}

/** A refusal ends the connection; its body is not looked at. */
async function expectRefusalEnds(channel: Channel, timeout: number): Promise<void> {
  const deadline = performance.now() + timeout;
  while (channel.end === undefined) {
    if (!(await channel.more(deadline)))
      throw new Mismatch("the end of the refused connection", `nothing within ${timeout} ms`);
  }
}

class ServerRun {
  readonly #url: URL;
  readonly #settings: SuiteSettings;

  constructor(url: URL, settings: SuiteSettings) {
    this.#url = url;
    this.#settings = settings;
  }

  async run(testCase: Case): Promise<CaseResult> {
    try {
      await this.#perform(testCase);
      return resultOf(testCase, undefined);
    } catch (failure) {
      return resultOf(testCase, failure);
    }
  }

  async #perform({ opening, steps }: Case): Promise<void> {
    if (opening.role !== "server") throw new Error("Cannot run a client's case against a server");
    let session = await this.#open(opening);
    const context: StepContext = { profile: this.#settings.profile, reconnect: () => this.#reopen() };
    try {
      for (const step of session === undefined ? [] : steps) session = await perform(session!, step, context);
    } finally {
      session?.release();
    }
  }

  async #reopen(): Promise<Session> {
    const session = await this.#open(PLAIN_OPENING);
    if (session === undefined) throw new Mismatch("another connection", "a refusal");
    return session;
  }

  /** `undefined` when the server refused the handshake as it should. */
  async #open(opening: ServerOpening): Promise<Session | undefined> {
    const channel = await openChannel(this.#url, this.#settings.timeout);
    try {
      const session = await this.#shakeHands(channel, opening);
      if (session === undefined) channel.destroy();
      return session;
    } catch (failure) {
      channel.destroy();
      throw failure;
    }
  }

  async #shakeHands(channel: Channel, opening: ServerOpening): Promise<Session | undefined> {
    const { profile, timeout } = this.#settings;
    const request = fillRequest(opening.request, this.#url);
    const behind = opening.behind ?? [];
    await channel.write(
      Buffer.concat([Buffer.from(request, "latin1"), encodeWire(behind, "client")]),
      opening.feed ?? "whole",
    );
    const head = await readResponse(channel, timeout);
    const { isOpen, deflate } = judgeAnswer(head, { key: KEY, offers: offersOf(request) }, opening.answer, profile);
    if (!isOpen) {
      if (profile === "strict") await expectRefusalEnds(channel, timeout);
      return undefined;
    }
    if (opening.answer.extension === "permessage-deflate" && deflate === undefined) {
      throw new NotApplicable("the server declined permessage-deflate");
    }
    const session = new Session(channel, { role: "server", timeout, deflate });
    session.noteSent(behind);
    return session;
  }
}

/** Calls `action` for every item, at most `concurrency` at a time; the results are in the items' order. */
async function mapConcurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  action: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await action(items[index]!);
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  return results;
}

/** One connection before all others: a server that is not there is not a server that fails two thousand cases. */
async function expectReachable(url: URL, timeout: number): Promise<void> {
  try {
    const channel = await openChannel(url, timeout);
    channel.destroy();
  } catch (cause) {
    throw new Error(`Cannot run the suite: ${url.href} must be reachable, got ${(cause as Error).message}`, { cause });
  }
}

/**
 * Runs the cases for a server against `url` (`ws:` or `wss:`), where every message must be echoed with its type.
 *
 * Resolves also when cases fail; rejects with a `TypeError` for a URL that is none of the two, and with an `Error` if nobody
 * listens there.
 */
export async function runServerSuite(url: string, options: SuiteOptions = {}): Promise<Report> {
  const target = new URL(url);
  if (target.protocol !== "ws:" && target.protocol !== "wss:") {
    throw new TypeError(`Cannot run the suite: the URL must begin with ws: or wss:, got ${url}`);
  }
  const settings = resolveOptions(options);
  await expectReachable(target, settings.timeout);
  const run = new ServerRun(target, settings);
  const started = performance.now();
  const cases = selectCases(serverCases(settings.limits), settings);
  const results = await mapConcurrently(cases, settings.concurrency, (testCase) => run.run(testCase));
  return makeReport("server", settings.profile, results, performance.now() - started);
}
