/**
 * `/chat?room=harbour&name=Ada`: rooms, who is in them, and what was said last.
 *
 * A client sends plain text; the server sends JSON ({@link ChatMessage}). Everything that a client chooses is bounded
 * here: a room or a name that breaks a rule closes the connection with 1008, a full house with 1013, and a message that
 * breaks a rule is answered with an error and goes no further.
 */

import type { ServerConnection, TopicOptions } from "hawser";
import { encode, ROOM_HISTORY, Room, type RoomServer } from "./chat-room.ts";
import type { Route } from "./route.ts";

export const MAX_ROOMS = 100;
export const MAX_MEMBERS = 50;
/** In UTF-16 code units, as `String.length` and the page's `maxlength` count. */
export const MAX_NAME_LENGTH = 24;
export const MAX_ROOM_LENGTH = 32;
export const MAX_TEXT_LENGTH = 500;

const ROOM_NAME = /^[\p{L}\p{N}_-]+$/u;
/** Letters with their marks, digits, punctuation, symbols, spaces; no line breaks, no invisible or reordering characters. */
const MEMBER_NAME = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** What the names of the rooms' topics begin with. */
const TOPIC = "chat/";

export class Chat implements Route {
  readonly #server: () => RoomServer;
  readonly #rooms = new Map<string, Room>();
  readonly #roomOf = new WeakMap<ServerConnection, Room>();

  /** Of the topics whose names {@link Chat.owns}. */
  readonly topicOptions: TopicOptions = {
    history: ROOM_HISTORY,
    presence: {
      announce: (event) => {
        this.#rooms.get(event.topic.slice(TOPIC.length))?.announce(event);
        return undefined;
      },
    },
  };

  /** `server`: the one whose route this is, once it listens. */
  constructor(server: () => RoomServer) {
    this.#server = server;
  }

  static owns(topic: string): boolean {
    return topic.startsWith(TOPIC);
  }

  async open(ws: ServerConnection): Promise<void> {
    const { searchParams } = ws.request.url;
    const roomName = searchParams.get("room")?.trim() ?? "";
    const name = searchParams.get("name")?.trim() ?? "";
    const fault = findAddressFault(roomName, name);
    if (fault !== undefined) return ws.close(1008, fault);
    const room = this.#enter(roomName);
    if (room === undefined) return ws.close(1013, `there are ${MAX_ROOMS} rooms already`);
    this.#roomOf.set(ws, room);
    const refusal = await room.join(ws, name, MAX_MEMBERS);
    if (refusal !== undefined) await ws.close(1013, refusal);
  }

  message(ws: ServerConnection, message: string | Uint8Array): void {
    const text = typeof message === "string" ? message.trim() : "";
    const fault = findTextFault(text);
    if (fault === undefined) this.#roomOf.get(ws)?.say(ws, text);
    else ws.sendNow(encode({ type: "error", message: fault }));
  }

  close(ws: ServerConnection): void {
    this.#roomOf.get(ws)?.leave(ws);
  }

  /** The room of that name, made if need be; `undefined` if there are too many. */
  #enter(name: string): Room | undefined {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      if (this.#rooms.size >= MAX_ROOMS && !this.#forgetOne(Date.now())) return undefined;
      room = new Room(name, TOPIC + name, this.#server());
      this.#rooms.set(name, room);
    }
    return room;
  }

  /** An empty room counts as long as its history may be there: that is memory, of this process or of an engine. */
  #forgetOne(now: number): boolean {
    for (const [name, room] of this.#rooms) {
      if (room.isEmpty && now - room.lastUse > ROOM_HISTORY.maxAge) return this.#rooms.delete(name);
    }
    return false;
  }
}

/** What is wrong with a room's and a member's name, in at most the 123 bytes of a Close frame's reason. */
function findAddressFault(room: string, name: string): string | undefined {
  if (room.length > MAX_ROOM_LENGTH || !ROOM_NAME.test(room)) {
    return `room: 1 to ${MAX_ROOM_LENGTH} letters, digits, "-" or "_" are needed`;
  }
  if (name.length > MAX_NAME_LENGTH || !MEMBER_NAME.test(name)) {
    return `name: 1 to ${MAX_NAME_LENGTH} visible characters are needed`;
  }
  return undefined;
}

function findTextFault(text: string): string | undefined {
  if (text === "") return "a message is text and not empty";
  if (text.length <= MAX_TEXT_LENGTH) return undefined;
  return `a message has at most ${MAX_TEXT_LENGTH} characters, got ${text.length}`;
}
