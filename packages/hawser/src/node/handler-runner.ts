/**
 * Runs the application's handler for one connection: whatever it throws is logged and ends this connection alone.
 */

import { CloseCode } from "../protocol/close-code.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import type { Message } from "../protocol/message-assembler.ts";
import { SESSION } from "./connection.ts";
import type { SlowAction } from "./diagnostics.ts";
import type { HandlerFunction, HandlerHooks } from "./handler.ts";
import type { ServerConnection } from "./server-connection.ts";
import type { SessionOwner } from "./session.ts";
import { settled } from "./user-result.ts";

/** What a runner needs of its server. */
export interface RunnerHost<UserData> {
  /** The handler runs until `running` settles, which it does without error. */
  handlerStarted(ws: ServerConnection<UserData>, running: Promise<void>): void;
  handlerFailed(ws: ServerConnection<UserData>, error: unknown): void;
  pingAnswered(latency: number): void;
  consumerSlow(ws: ServerConnection<UserData>, action: SlowAction): void;
  connectionClosing(ws: ServerConnection<UserData>): void;
  connectionClosed(ws: ServerConnection<UserData>, info: CloseInfo): void;
}

/** Runs a handler for one connection. Made before the connection, which it is then given. */
export interface HandlerRunner<UserData> extends SessionOwner {
  start(ws: ServerConnection<UserData>): void;
}

/** What a server is told of a connection whatever its handler is. */
class Reporter<UserData> {
  protected readonly host: RunnerHost<UserData>;
  protected ws: ServerConnection<UserData> | undefined;

  constructor(host: RunnerHost<UserData>) {
    this.host = host;
  }

  answered(latency: number): void {
    this.host.pingAnswered(latency);
  }

  slow(action: SlowAction): void {
    this.host.consumerSlow(this.ws!, action);
  }

  closing(): void {
    this.host.connectionClosing(this.ws!);
  }
}

export class FunctionRunner<UserData> extends Reporter<UserData> implements HandlerRunner<UserData> {
  readonly #handler: HandlerFunction<UserData>;

  constructor(host: RunnerHost<UserData>, handler: HandlerFunction<UserData>) {
    super(host);
    this.#handler = handler;
  }

  start(ws: ServerConnection<UserData>): void {
    this.ws = ws;
    this.host.handlerStarted(ws, this.#run(ws));
  }

  closed(info: CloseInfo): void {
    this.host.connectionClosed(this.ws!, info);
  }

  async #run(ws: ServerConnection<UserData>): Promise<void> {
    try {
      await this.#handler(ws);
      void ws.close(CloseCode.NORMAL_CLOSURE);
    } catch (error) {
      fail(this.host, ws, error);
    }
  }
}

export class HookRunner<UserData> extends Reporter<UserData> implements HandlerRunner<UserData> {
  readonly #hooks: HandlerHooks<UserData>;
  /** What the message hook returned last. */
  #running: Promise<void> | undefined;

  constructor(host: RunnerHost<UserData>, hooks: HandlerHooks<UserData>) {
    super(host);
    this.#hooks = hooks;
  }

  start(ws: ServerConnection<UserData>): void {
    this.ws = ws;
    const opened = this.#guard(() => this.#hooks.open?.(ws));
    if (opened !== undefined) this.#holdBack(ws, opened);
  }

  /** The hot path: no closure, no promise unless the hook makes one. */
  consume(message: Message): Promise<void> | undefined {
    try {
      const result = this.#hooks.message(this.ws!, message);
      this.#running = result === undefined ? undefined : settled(result, (error) => this.#failed(error));
      return this.#running;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  drained(): void {
    const ws = this.ws!;
    const drained = this.#guard(() => this.#hooks.drain?.(ws));
    if (drained !== undefined) this.#holdBack(ws, drained);
  }

  closed(info: CloseInfo): void {
    const ws = this.ws!;
    // A message may be worked on for longer than the connection lasts
    if (this.#running !== undefined) this.host.handlerStarted(ws, this.#running);
    const { closeCause } = ws[SESSION];
    if (closeCause !== undefined) this.#report(closeCause);
    const closed = this.#guard(() => this.#hooks.close?.(ws, info.code, info.reason));
    if (closed !== undefined) this.host.handlerStarted(ws, closed);
    this.host.connectionClosed(ws, info);
  }

  /** The next message waits for a hook other than the message's own, and so does the end of the server. */
  #holdBack(ws: ServerConnection<UserData>, running: Promise<void>): void {
    this.host.handlerStarted(ws, running);
    ws[SESSION].holdBack(running);
  }

  /** Calls a hook; a promise that it returns never rejects here. */
  #guard(call: () => unknown): Promise<void> | undefined {
    try {
      return settled(call(), (error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  #failed(error: unknown): void {
    if (!isOwnClose(this.ws!, error)) this.#report(error);
    fail(this.host, this.ws!, error);
  }

  #report(error: unknown): void {
    const failed = (secondError: unknown) => this.host.handlerFailed(this.ws!, secondError);
    try {
      void settled(this.#hooks.error?.(this.ws!, error), failed);
    } catch (secondError) {
      failed(secondError);
    }
  }
}

/** That a connection closes while its handler uses it is no failure of the handler. */
function fail<UserData>(host: RunnerHost<UserData>, ws: ServerConnection<UserData>, error: unknown): void {
  if (isOwnClose(ws, error)) return;
  host.handlerFailed(ws, error);
  void ws.close(CloseCode.INTERNAL_ERROR, "the handler of the connection failed");
}

function isOwnClose(ws: ServerConnection, error: unknown): boolean {
  const { closedError } = ws[SESSION];
  return closedError !== undefined && error === closedError;
}
