/**
 * One room of the chat: its members, what they said last, and who is told of what.
 *
 * A room checks nothing that came from outside: names and texts are bounded before they get here.
 */

import type { ServerConnection } from "hawser";

/** Messages that a room keeps for newcomers. */
export const ROOM_HISTORY = 50;

export interface Entry {
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What the server sends, as JSON. */
export type ChatMessage =
  | {
      readonly type: "welcome";
      readonly room: string;
      /** The name given, which differs from the one asked for if that was taken. */
      readonly name: string;
      readonly members: readonly string[];
      readonly history: readonly Entry[];
    }
  | ({ readonly type: "message" } & Entry)
  | { readonly type: "joined" | "left"; readonly name: string; readonly members: readonly string[] }
  | { readonly type: "error"; readonly message: string };

export class Room {
  readonly name: string;
  /** What the members are subscribed to, until their connections end. */
  readonly #topic: string;
  readonly #members = new Map<ServerConnection, string>();
  readonly #history: Entry[] = [];

  constructor(name: string) {
    this.name = name;
    this.#topic = `chat/${name}`;
  }

  get size(): number {
    return this.#members.size;
  }

  /** Tells the others, then the newcomer, who is there and what was said. */
  join(ws: ServerConnection, wanted: string): Promise<void> {
    const name = this.#freeName(wanted);
    const members = [...this.#members.values(), name];
    this.#tellOthers(ws, { type: "joined", name, members });
    this.#members.set(ws, name);
    void ws.subscribe(this.#topic);
    return ws.send(encode({ type: "welcome", room: this.name, name, members, history: this.#history }));
  }

  say(ws: ServerConnection, text: string): void {
    const name = this.#members.get(ws);
    if (name === undefined) return;
    const entry: Entry = { name, text, time: Date.now() };
    this.#history.push(entry);
    if (this.#history.length > ROOM_HISTORY) this.#history.shift();
    const message: ChatMessage = { type: "message", ...entry };
    this.#tellOthers(ws, message);
    ws.sendNow(encode(message));
  }

  leave(ws: ServerConnection): void {
    const name = this.#members.get(ws);
    if (name === undefined) return;
    this.#members.delete(ws);
    this.#tellOthers(ws, { type: "left", name, members: [...this.#members.values()] });
  }

  /** Two tabs of one person, or a connection that comes back before the old one is known to be lost: `Ada`, `Ada 2`. */
  #freeName(wanted: string): string {
    const taken = new Set(this.#members.values());
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted} ${count}`;
    return name;
  }

  #tellOthers(ws: ServerConnection, message: ChatMessage): void {
    ws.publish(this.#topic, encode(message));
  }
}

export function encode(message: ChatMessage): string {
  return JSON.stringify(message);
}
