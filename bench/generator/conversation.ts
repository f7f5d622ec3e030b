/**
 * What the clients of a load say, and what they expect to hear: frames laid out before the clock starts, and readers of
 * replies. Many connections say the same, so that one compressor's output serves all of them.
 */
import type { WindowSetting } from "../workloads/compression.ts";
import { makeAnswers, makeRequests, SCRIPTS } from "./documents.ts";
import { ExactReplyReader, ExpectedStream } from "./exact-reply-reader.ts";
import { buildClientFrames, buildFrame, compressInTurn, frameClientPayloads, opcodeOf } from "./frame.ts";
import { FrameRibbon } from "./frame-ribbon.ts";
import { ParsedReplyReader, ReplyHistory } from "./parsed-reply-reader.ts";
import { makePayloads } from "./payload.ts";
import type { EchoPlan } from "./plan.ts";
import type { ReplyReader } from "./reply-reader.ts";
import { READ_SIZE } from "./wire.ts";

export interface Conversation {
  readonly ribbon: FrameRibbon;
  /** Makes the reader of a connection's replies; `onPing` is called for each ping. */
  makeReader(onPing: (payload: Uint8Array) => void): ReplyReader;
}

/** A load's conversation; `leadIn` is one message to be exchanged before it. */
export interface Conversations {
  readonly leadIn?: Conversation;
  readonly main: Conversation;
}

interface Messages {
  readonly sent: readonly Uint8Array[];
  readonly replies: readonly Uint8Array[];
}

/** What a connection says, by its number among the load's connections. */
export type ConversationOf = (connection: number) => Conversations;

/** What the connections of a load say: all the same, or documents of different scripts, in turn. */
export function conversationsOf(plan: EchoPlan): ConversationOf {
  if (plan.replies === "echo") {
    const all = echoesOf(plan);
    return () => all;
  }
  const scripts = new Map<number, Conversations>();
  return (connection) => {
    const script = connection % SCRIPTS;
    const conversations = scripts.get(script) ?? answersOf(plan, script);
    scripts.set(script, conversations);
    return conversations;
  };
}

/** Echoes under a window setting begin with all windows full, by a message that fills them. */
function echoesOf(plan: EchoPlan): Conversations {
  const sent = makePayloads(plan.payload, plan.size);
  const messages = { sent, replies: sent };
  if (typeof plan.compression !== "object") return { main: independent(plan, messages) };
  const filling = [windowful(messages.sent, plan.compression)];
  return {
    leadIn: inTurn(plan, plan.compression, { sent: filling, replies: filling }, 0),
    main: inTurn(plan, plan.compression, messages, 1),
  };
}

function answersOf(plan: EchoPlan, script: number): Conversations {
  const { size, compression } = plan;
  const messages = { sent: makeRequests(size, script).map(bytesOf), replies: makeAnswers(size, script).map(bytesOf) };
  if (typeof compression !== "object") return { main: independent(plan, messages) };
  return { main: inTurn(plan, compression, messages, 0) };
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** The last messages of a cycle as one: after it the windows hold what they hold after a whole cycle. */
function windowful(payloads: readonly Uint8Array[], { windowBits }: WindowSetting): Uint8Array {
  let first = payloads.length;
  for (let length = 0; length < 1 << windowBits; length += payloads[first]!.length) first--;
  return Buffer.concat(payloads.slice(first));
}

/** Messages none of which refers to another. */
function independent(plan: EchoPlan, { sent, replies }: Messages): Conversation {
  const compression = plan.compression !== false;
  const ribbon = new FrameRibbon(buildClientFrames(sent, plan.payload, compression), plan.window);
  const opcode = opcodeOf(plan.payload);
  if (compression || plan.answersPings) {
    const history = new ReplyHistory(replies);
    return { ribbon, makeReader: (onPing) => new ParsedReplyReader({ opcode, history, compression, onPing }) };
  }
  const expected = new ExpectedStream(
    replies.map((payload) => buildFrame({ opcode, payload })),
    READ_SIZE,
  );
  return { ribbon, makeReader: () => new ExactReplyReader(expected) };
}

/**
 * Messages that refer to those before them.
 *
 * @param lapsBefore how many cycles of these messages went before, or what comes to the same.
 */
function inTurn(plan: EchoPlan, setting: WindowSetting, { sent, replies }: Messages, lapsBefore: 0 | 1): Conversation {
  // Each frame refers to its own cycle, or to a whole cycle before it: so it is right in every later cycle, too
  const frames = compressInTurn(sent, setting, lapsBefore === 0 ? [] : sent);
  const ribbon = new FrameRibbon(frameClientPayloads(frames, plan.payload, true), plan.window);
  const history = new ReplyHistory(replies, { lapsBefore, windowBits: setting.windowBits });
  const opcode = opcodeOf(plan.payload);
  return { ribbon, makeReader: (onPing) => new ParsedReplyReader({ opcode, history, compression: true, onPing }) };
}
