/**
 * Asks the admin endpoint of a supervisor, and says in plain words why that failed. Knows no terminal.
 */

import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { CommandError } from "../command.ts";
import type { Address } from "../config/run-grammars.ts";
import { visibleJson, visibleText } from "../terminal/visible.ts";

export interface AdminClientOptions {
  readonly address: Address;
  readonly token: string | undefined;
  /** As errors name the address: `127.0.0.1:9464`. */
  readonly shown: string;
}

/** Nothing listens there, or it stopped to in the middle. */
export class NobodyAnswers extends CommandError {}

const count = v.number();
const maybeCount = v.optional(v.nullable(v.number()));

const WORKER = v.object({
  id: count,
  pid: maybeCount,
  state: v.string(),
  generation: count,
  startedAt: count,
  connections: count,
  cpu: count,
  memory: count,
  restarts: count,
});

const EXIT = v.object({
  id: count,
  pid: count,
  at: count,
  code: maybeCount,
  signal: v.optional(v.nullable(v.string())),
  reason: v.string(),
});

/** As much of `/status` as is shown; more may come with later versions. */
const STATUS = v.object({
  name: v.optional(v.string()),
  pid: count,
  version: v.string(),
  entry: v.string(),
  startedAt: count,
  state: v.string(),
  target: count,
  workers: v.array(WORKER),
  drain: v.optional(v.object({ of: count, left: count, until: count })),
  lastExits: v.array(EXIT),
});

export type ShownStatus = v.InferOutput<typeof STATUS>;
export type ShownWorker = ShownStatus["workers"][number];
export type ShownExit = ShownStatus["lastExits"][number];

const SCALED = v.object({ before: count, target: count });

/** Milliseconds: what is asked for stands ready. */
const TIMEOUT = 5_000;

/** A supervisor at the other end of HTTP. Every method throws {@link CommandError} with a sentence to print. */
export class AdminClient {
  readonly #options: AdminClientOptions;

  constructor(options: AdminClientOptions) {
    this.#options = options;
  }

  async status(): Promise<ShownStatus> {
    return this.#read(STATUS, await this.#ask("GET", "/status"));
  }

  /** All of it, as JSON in one line. */
  async statusJson(): Promise<string> {
    const all = parsed(await this.#ask("GET", "/status"));
    if (all === undefined) throw new CommandError(this.#stranger());
    return visibleJson(all);
  }

  /** Resolves as soon as it has begun. `now`: nobody is waited for. */
  async stop({ now }: { readonly now: boolean }): Promise<void> {
    await this.#ask("POST", "/stop", now ? { now } : undefined);
  }

  /** Resolves once all workers are replaced. */
  async restart(signal: AbortSignal): Promise<void> {
    await this.#ask("POST", "/restart?wait", undefined, signal);
  }

  async scale(target: number): Promise<{ readonly before: number; readonly target: number }> {
    return this.#read(SCALED, await this.#ask("POST", "/workers", { target }));
  }

  /** @param signal instead of a timeout */
  async #ask(method: string, path: string, body?: object, signal?: AbortSignal): Promise<string> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const { statusCode = 0, answer } = await this.#send(method, path, content, signal ?? AbortSignal.timeout(TIMEOUT));
    if (statusCode >= 200 && statusCode < 300) return answer;
    throw this.#refused(statusCode, answer);
  }

  #send(method: string, path: string, body: string | undefined, signal: AbortSignal) {
    const { address, token } = this.#options;
    const headers = {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }),
    };
    return new Promise<{ statusCode: number | undefined; answer: string }>((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => reject(this.#failure(error));
      const receive = async (response: IncomingMessage) => ({
        statusCode: response.statusCode,
        answer: await text(response),
      });
      // A connection for each: one that is kept would be reset when the supervisor ends
      const request = httpRequest({ ...address, method, path, headers, signal, agent: false }, (response) => {
        receive(response).then(resolve, fail);
      });
      request.on("error", fail).end(body);
    });
  }

  #failure({ name, code, message }: NodeJS.ErrnoException): CommandError {
    const { shown } = this.#options;
    if (name === "AbortError" || name === "TimeoutError") {
      return new CommandError(`${shown} did not answer within ${TIMEOUT / 1_000} s.`);
    }
    if (code !== "ECONNREFUSED" && code !== "ECONNRESET" && code !== "EPIPE") {
      return new CommandError(code?.startsWith("HPE_") ? this.#stranger() : `${shown} can't be asked: ${message}.`);
    }
    return new NobodyAnswers(
      `nobody answers at ${shown}. Is hawser run running? Name its admin endpoint with --admin HOST:PORT or HAWSER_ADMIN.`,
    );
  }

  #refused(status: number, answer: string): CommandError {
    const { shown } = this.#options;
    const sentence = parsed(answer)?.["error"];
    if (typeof sentence !== "string") return new CommandError(this.#stranger());
    if (status !== 401) return new CommandError(visibleText(sentence));
    return new CommandError(`${shown} wants the right token: --admin-token, or better HAWSER_ADMIN_TOKEN.`);
  }

  #read<Schema extends v.GenericSchema>(schema: Schema, answer: string): v.InferOutput<Schema> {
    const { success, output } = v.safeParse(schema, parsed(answer));
    if (success) return output;
    throw new CommandError(this.#stranger());
  }

  #stranger(): string {
    return `what answers at ${this.#options.shown} is not the admin endpoint of hawser run. Another place is named by --admin.`;
  }
}

function parsed(answer: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
