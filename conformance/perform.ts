/**
 * Carries out the steps of a case on a session. What does not match is thrown as a {@link Mismatch}.
 */

import type { Choice, CloseOutcome, MessageSpec, Profile, Replies, Step } from "./case.ts";
import { exchangeMessage } from "./messages.ts";
import type { Session, WireEvent } from "./session.ts";
import { encodeWire } from "./wire/frame.ts";

/** What a case expected and what it observed instead. */
export class Mismatch extends Error {
  readonly expected: string;
  readonly observed: string;

  constructor(expected: string, observed: string) {
    super(`expected ${expected}, observed ${observed}`);
    this.name = "Mismatch";
    this.expected = expected;
    this.observed = observed;
  }
}

/** What the steps need to know beside the session. */
export interface StepContext {
  readonly profile: Profile;
  /** Opens another connection to the endpoint under test; clients cannot be made to. */
  readonly reconnect?: () => Promise<Session>;
}

/** How often a repeated send lets the event loop turn, in bytes. */
const BURST = 65_536;

function preview(payload: Uint8Array): string {
  const start = Buffer.from(payload.subarray(0, 24));
  const isPrintable = start.every((byte) => byte >= 0x20 && byte < 0x7f);
  const shown = isPrintable ? JSON.stringify(start.toString("latin1")) : start.toString("hex");
  return payload.length > 24 ? `${shown}... (${payload.length} bytes)` : shown;
}

function describeMessage({ text, payload }: MessageSpec): string {
  return `${text ? "text" : "binary"} ${preview(payload)}`;
}

export function describeEvent(event: WireEvent): string {
  switch (event.type) {
    case "message":
      return describeMessage(event);
    case "pong":
      return `pong ${preview(event.payload)}`;
    case "close":
      return `Close ${event.code ?? "without a code"}${event.reason === "" ? "" : ` (${preview(Buffer.from(event.reason))})`}`;
    case "end":
      return event.how === "fin" ? "end of the connection (FIN)" : "end of the connection (RST)";
    case "silence":
      return `nothing within ${event.timeout} ms`;
    case "malformed":
      return `malformed: ${event.fault}`;
  }
}

/** Takes replies off the lists in their order; `skip` lets some of the pongs be missing. */
class Awaited {
  readonly #messages: MessageSpec[];
  readonly #pongs: Uint8Array[];

  constructor({ messages = [], pongs = [] }: Replies) {
    this.#messages = [...messages];
    this.#pongs = [...pongs];
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0 && this.#pongs.length === 0;
  }

  take(event: WireEvent, options: { readonly mayCoalesce: boolean }): boolean {
    if (event.type === "message") return this.#takeMessage(event);
    return event.type === "pong" && this.#takePong(event.payload, options.mayCoalesce);
  }

  #takeMessage({ text, payload }: MessageSpec): boolean {
    const first = this.#messages[0];
    if (first === undefined || first.text !== text || !Buffer.from(payload).equals(first.payload)) return false;
    this.#messages.shift();
    return true;
  }

  #takePong(payload: Buffer, mayCoalesce: boolean): boolean {
    const index = this.#pongs.findIndex((pong) => payload.equals(pong));
    if (index < 0 || (index > 0 && !mayCoalesce)) return false;
    this.#pongs.splice(0, index + 1);
    return true;
  }

  describe(): string {
    const all = [...this.#messages.map(describeMessage), ...this.#pongs.map((payload) => `pong ${preview(payload)}`)];
    return all.length > 4 ? `${all.slice(0, 3).join(", ")} and ${all.length - 3} more` : all.join(", ");
  }
}

async function expectReplies(session: Session, step: Replies, mayCoalesce: boolean): Promise<void> {
  const awaited = new Awaited(step);
  while (!awaited.isEmpty) {
    const expected = awaited.describe();
    const event = await session.next();
    if (!awaited.take(event, { mayCoalesce })) throw new Mismatch(expected, describeEvent(event));
  }
}

function describeCodes(codes: readonly CloseOutcome[]): string {
  const frames = codes.filter((code) => code !== "none").map((code) => (code === "empty" ? "without a code" : code));
  return `${frames.length === 0 ? "the end" : `Close ${frames.join(" or ")}`}${codes.includes("none") ? " or just the end" : ""}`;
}

async function expectEnd(session: Session, replies: Awaited): Promise<void> {
  for (;;) {
    const event = await session.next();
    if (event.type === "end") return;
    if (!replies.take(event, { mayCoalesce: true })) {
      throw new Mismatch("the end of the connection", describeEvent(event));
    }
  }
}

/** Answers a Close frame; a server then ends the connection, a client waits for that (RFC 6455, section 7.1.1). */
async function completeClose(session: Session, code: number | undefined): Promise<void> {
  if (!session.closeSent) await session.sendClose(code ?? 1000);
  if (session.role === "client") session.channel.finish();
  await expectEnd(session, new Awaited({}));
}

async function expectClosed(session: Session, codes: readonly CloseOutcome[], replies: Replies): Promise<void> {
  const awaited = new Awaited(replies);
  for (;;) {
    const event = await session.next();
    if (event.type === "end" && codes.includes("none")) return;
    if (event.type === "close" && codes.includes(event.code ?? "empty")) return completeClose(session, event.code);
    if (!awaited.take(event, { mayCoalesce: true })) throw new Mismatch(describeCodes(codes), describeEvent(event));
  }
}

async function expectEnded(session: Session, replies: Replies): Promise<void> {
  const awaited = new Awaited(replies);
  for (;;) {
    const event = await session.next();
    if (event.type === "end") return;
    if (event.type === "close") return expectEnd(session, new Awaited({}));
    if (!awaited.take(event, { mayCoalesce: true })) {
      throw new Mismatch("the end of the connection", describeEvent(event));
    }
  }
}

async function sendRepeated(session: Session, step: Extract<Step, { type: "send" }>): Promise<void> {
  const once = encodeWire(step.wire, session.side);
  const perBurst = Math.max(1, Math.floor(BURST / once.length));
  for (let left = step.repeat ?? 1; left > 0; left -= perBurst) {
    await session.send([Buffer.concat(new Array<Buffer>(Math.min(left, perBurst)).fill(once))]);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function probe(session: Session): Promise<void> {
  const payload = Buffer.from("probe");
  await session.send([
    { opcode: 1, payload },
    { opcode: 9, payload },
  ]);
  await expectReplies(session, { messages: [{ text: true, payload }], pongs: [payload] }, false);
}

async function startClose(session: Session, profile: Profile): Promise<void> {
  await session.sendClose(1000);
  const codes: Choice<CloseOutcome> = { strict: [1000], rfc: [1000, 1001, "empty", "none"] };
  await expectClosed(session, codes[profile], {});
}

async function exchange(session: Session, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const message = exchangeMessage(index);
    await session.sendCompressed(message.text ? 1 : 2, message.payload);
    await expectReplies(session, { messages: [message] }, false);
  }
}

/** Keys must differ, and must not follow from each other by addition. */
async function expectMaskingKeys(session: Session, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await session.send([{ opcode: 1, payload: Buffer.from(`${index}`) }]);
    await expectReplies(session, { messages: [{ text: true, payload: Buffer.from(`${index}`) }] }, false);
  }
  const keys = session.maskingKeys.map((key) => Buffer.from(key).readUInt32BE());
  if (new Set(keys).size < keys.length) throw new Mismatch("a new masking key for every frame", "a repeated key");
  const steps = keys.slice(1).map((key, index) => (key - keys[index]!) >>> 0);
  if (new Set(steps).size < steps.length / 2)
    throw new Mismatch("masking keys that cannot be foretold", "a constant step");
}

/** The session that further steps go to: another one after `reconnect`. */
export async function perform(session: Session, step: Step, { profile, reconnect }: StepContext): Promise<Session> {
  switch (step.type) {
    case "send":
      if (step.repeat === undefined) await session.send(step.wire, step.feed);
      else await sendRepeated(session, step);
      break;
    case "expect":
      await expectReplies(session, step, step.onlyLastPong === true || profile === "rfc");
      break;
    case "closed":
      await expectClosed(session, step.codes[profile], step);
      break;
    case "probe":
      await probe(session);
      break;
    case "close":
      await startClose(session, profile);
      break;
    case "finish":
      session.channel.finish();
      break;
    case "reset":
      session.channel.reset();
      break;
    case "ended":
      await expectEnded(session, step);
      break;
    case "reconnect":
      if (reconnect === undefined) throw new Error("Cannot reconnect: the suite plays the server");
      session.release();
      return reconnect();
    case "exchange":
      await exchange(session, step.count);
      break;
    case "maskingKeys":
      await expectMaskingKeys(session, step.count);
      break;
  }
  return session;
}
