/**
 * One room of the chat: a topic with a history and presence, so that it is the same room in every process that shares a backplane.
 *
 * A room checks nothing that came from outside: names and texts are bounded before they get here.
 */

import { broadcast, type PresenceEvent, type Server, type ServerConnection, type SubscribeOptions } from "hawser";

/** Messages that a room keeps for newcomers, and for how long (ms). */
export const ROOM_HISTORY = { maxCount: 50, maxAge: 600_000 } as const;

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

/** What a room needs of its server. */
export type RoomServer = Pick<Server, "publish" | "presence" | "history">;

interface Member {
  readonly id: string;
  readonly name: string;
}

/** What was said, and the place after which it goes on; without one while the backplane's engine is away. */
interface Past {
  readonly history: readonly Entry[];
  readonly since: NonNullable<SubscribeOptions["since"]> | undefined;
}

export class Room {
  readonly name: string;
  /** What the members are subscribed to, until their connections end. */
  readonly #topic: string;
  readonly #server: RoomServer;
  /** Those of this process. */
  readonly #names = new Map<ServerConnection, string>();
  /** When somebody of this process came or went last, by `Date.now()`. */
  lastUse: number = Date.now();
  /** What happens in the room happens one after another: a name is free until the one before has it. */
  #last: Promise<void> = Promise.resolve();

  constructor(name: string, topic: string, server: RoomServer) {
    this.name = name;
    this.#topic = topic;
    this.#server = server;
  }

  /** Whether nobody of this process is in it. */
  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  /** Resolves once the newcomer was told who is there and what was said, and gets what follows; or with why it may not come in. */
  async join(ws: ServerConnection, wanted: string, maxMembers: number): Promise<string | undefined> {
    let refusal: string | undefined;
    this.lastUse = Date.now();
    await this.#next(async () => {
      const members = await this.#members();
      if (members.length >= maxMembers) refusal = `the room is full: it takes ${maxMembers} members`;
      else await this.#welcome(ws, wanted, members);
    });
    return refusal;
  }

  say(ws: ServerConnection, text: string): void {
    const name = this.#names.get(ws);
    if (name === undefined) return;
    this.#server.publish(this.#topic, encode({ type: "message", name, text, time: Date.now() }));
  }

  /** Its subscription ends with its connection, and everybody is told. */
  leave(ws: ServerConnection): void {
    this.#names.delete(ws);
    this.lastUse = Date.now();
  }

  /** Somebody came or went, here or elsewhere. */
  announce({ type, member: { id, data } }: PresenceEvent): void {
    void this.#next(async () => {
      if (this.isEmpty) return;
      const members = (await this.#members()).map(({ name }) => name);
      const others = [...this.#names.keys()].filter((ws) => ws.id !== id);
      broadcast(others, encode({ type: type === "join" ? "joined" : "left", name: nameOf(data), members }));
    });
  }

  async #welcome(ws: ServerConnection, wanted: string, present: readonly Member[]): Promise<void> {
    const names = present.map((member) => member.name);
    const name = freeName(wanted, new Set(names));
    const { history, since } = await this.#past();
    if (ws.state !== "open") return;
    ws.sendNow(encode({ type: "welcome", room: this.name, name, members: [...names, name].toSorted(), history }));
    this.#names.set(ws, name);
    await ws.subscribe(this.#topic, { presence: { name }, ...(since && { since }) });
  }

  /** Everybody's, in all processes; while the backplane's engine is away, those here. */
  async #members(): Promise<readonly Member[]> {
    const present = await this.#server.presence(this.#topic).catch(() => undefined);
    const members = present
      ? present.map(({ id, data }) => ({ id, name: nameOf(data) }))
      : [...this.#names].map(([{ id }, name]) => ({ id, name }));
    return members.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  async #past(): Promise<Past> {
    try {
      const { messages, epoch, offset } = await this.#server.history(this.#topic);
      const history = messages.map(({ data }) => {
        const { name, text, time } = JSON.parse(String(data)) as Entry;
        return { name, text, time };
      });
      return { history, since: { epoch, offset } };
    } catch {
      return { history: [], since: undefined };
    }
  }

  #next(task: () => Promise<void>): Promise<void> {
    const done = this.#last.then(task);
    // A connection that ends while it comes in is no news
    this.#last = done.catch(() => {});
    return this.#last;
  }
}

/** Two tabs of one person, or a connection that comes back before the old one is known to be lost: `Ada`, `Ada 2`. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted} ${count}`;
  return name;
}

/** Of what a member subscribed with. */
function nameOf(data: unknown): string {
  return (data as { readonly name?: string } | undefined)?.name ?? "?";
}

export function encode(message: ChatMessage): string {
  return JSON.stringify(message);
}
