/**
 * One message to many connections, built once for each of their encodings.
 */

import { CloseCode } from "../protocol/close-code.ts";
import type { Extension } from "../protocol/extension.ts";
import { FIN, serializeFrame } from "../protocol/frame-writer.ts";
import { type DataOpcode, Opcode } from "../protocol/opcode.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { type Connection, SESSION } from "./connection.ts";
import { type Data, opcodeOf, SEND_OPTIONS, type SendOptions, toBytes } from "./data.ts";
import { ignore } from "./ignore.ts";
import type { Session } from "./session.ts";

export interface BroadcastOptions extends SendOptions {
  /** Connections that do not get the message. */
  readonly except?: Connection | Iterable<Connection>;
}

const BROADCAST_OPTIONS = [...SEND_OPTIONS, "except"] as const satisfies readonly (keyof BroadcastOptions)[];

/** What became of a broadcast: how many connections ... */
export interface BroadcastResult {
  /** ... got the message, or have it waiting for them. */
  readonly sent: number;
  /** ... were not open, or are slow consumers whose policy is `"skip"`. */
  readonly skipped: number;
  /** ... are slow consumers and were closed, or could not be sent to. */
  readonly failed: number;
}

/**
 * Sends a message to many connections. Never waits, and never throws for one bad receiver: what happens to a receiver that
 * does not keep up is its server's `slowConsumer` option.
 *
 * @throws {TypeError} if `data` is neither text nor bytes, or for an unknown option.
 */
export function broadcast(
  connections: Iterable<Connection>,
  data: Data,
  options: BroadcastOptions = {},
): BroadcastResult {
  refuseUnknownOptions("Cannot broadcast", options, BROADCAST_OPTIONS);
  const opcode = opcodeOf(data, options);
  const message = new SharedMessage(toBytes("broadcast", data, opcode), opcode, options.compress);
  const excepted = exceptions(options.except);
  const result = { sent: 0, skipped: 0, failed: 0 };
  for (const connection of connections) {
    if (!excepted.has(connection)) result[deliver(connection[SESSION], message)]++;
  }
  return result;
}

function exceptions(except: BroadcastOptions["except"]): ReadonlySet<Connection> {
  if (except === undefined) return NOBODY;
  return new Set(SESSION in except ? [except] : except);
}

const NOBODY: ReadonlySet<Connection> = new Set();

function deliver(session: Session, message: SharedMessage): keyof BroadcastResult {
  if (!session.protocol.canSend) return "skipped";
  const { slowConsumer } = session.settings;
  const { transport, protocol } = session;
  if (session.bufferedAmount <= slowConsumer.maxBuffered && transport.stalledFor <= slowConsumer.stall) {
    return attempt(session, message);
  }
  if (slowConsumer.policy === "skip") return "skipped";
  protocol.close(CloseCode.TRY_AGAIN_LATER, "slow consumer", session.now);
  return "failed";
}

/** An extension of the application's own may throw: that is this receiver's bad luck, not the others'. */
function attempt(session: Session, message: SharedMessage): "sent" | "failed" {
  try {
    message.sendTo(session);
    return "sent";
  } catch (error) {
    session.settings.logger.error({ err: error }, "a broadcast could not be sent");
    return "failed";
  }
}

/** A message and its frames, by encoding. */
class SharedMessage {
  readonly #payload: Uint8Array;
  readonly #opcode: DataOpcode;
  readonly #compress: boolean | undefined;
  #plain: Uint8Array | undefined;
  readonly #encoded: Map<string, Uint8Array | undefined> = new Map();

  constructor(payload: Uint8Array, opcode: DataOpcode, compress: boolean | undefined) {
    this.#payload = payload;
    this.#opcode = opcode;
    this.#compress = compress;
  }

  sendTo(session: Session): void {
    const { settings, outbox, extensions } = session;
    const [extension] = extensions;
    if (settings.role === "client" || extensions.length > 1 || (extension !== undefined && !extension.sharing)) {
      this.#sendApart(session);
      return;
    }
    const encoded = extension === undefined || this.#compress === false ? undefined : this.#encodedBy(extension);
    if (encoded === undefined) outbox.sendShared(this.#plainFrame(), ignore);
    else outbox.sendShared(encoded, () => extension!.sharing!.sent(this.#payload));
  }

  /** A client's frames are masked, each with a key of its own. */
  #sendApart({ outbox }: Session): void {
    const options = {
      text: this.#opcode === Opcode.TEXT,
      ...(this.#compress === undefined ? {} : { compress: this.#compress }),
    };
    outbox.sendNow(this.#payload, options);
  }

  #plainFrame(): Uint8Array {
    this.#plain ??= serializeFrame(FIN | this.#opcode, this.#payload);
    return this.#plain;
  }

  #encodedBy(extension: Extension): Uint8Array | undefined {
    const sharing = extension.sharing!;
    const { key } = sharing;
    if (!this.#encoded.has(key)) {
      const payload = sharing.encode(this.#payload);
      this.#encoded.set(key, payload && serializeFrame(FIN | this.#opcode | extension.rsv, payload));
    }
    return this.#encoded.get(key);
  }
}
