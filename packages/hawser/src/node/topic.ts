/**
 * One topic as this process has it: who is subscribed to it here.
 *
 * There is one as long as somebody is.
 */

import type { Connection } from "./connection.ts";

/** A connection that may be subscribed to topics. */
export interface Subscriber extends Connection {
  /** Its topics, in the order in which it subscribed; `undefined` if it never did. */
  subscriptions: Topic[] | undefined;
}

export class Topic {
  readonly name: string;
  /** Who gets what is published. The same object all along: a broadcast knows an audience by it. */
  readonly connections: Set<Subscriber> = new Set();

  constructor(name: string) {
    this.name = name;
  }

  get isUnused(): boolean {
    return this.connections.size === 0;
  }

  has(ws: Subscriber): boolean {
    return this.connections.has(ws);
  }

  remove(ws: Subscriber): void {
    this.connections.delete(ws);
  }
}
