/**
 * One topic as this process has it: who is subscribed to it here.
 *
 * There is one as long as somebody is.
 */

import { Conflation } from "./conflation.ts";
import type { Connection } from "./connection.ts";
import type { TopicSettings } from "./topic-options.ts";

/** A connection that may be subscribed to topics. */
export interface Subscriber extends Connection {
  /** Its topics, in the order in which it subscribed; `undefined` if it never did. */
  subscriptions: Topic[] | undefined;
}

export class Topic {
  readonly name: string;
  readonly settings: TopicSettings;
  /** Who gets what is published. The same object all along: a broadcast knows an audience by it. */
  readonly connections: Set<Subscriber> = new Set();

  #conflation: Conflation | undefined;

  constructor(name: string, settings: TopicSettings) {
    this.name = name;
    this.settings = settings;
  }

  /** What is kept for those who are behind. */
  get conflation(): Conflation {
    this.#conflation ??= new Conflation();
    return this.#conflation;
  }

  get isUnused(): boolean {
    return this.connections.size === 0;
  }

  has(ws: Subscriber): boolean {
    return this.connections.has(ws);
  }

  remove(ws: Subscriber): void {
    this.connections.delete(ws);
    this.#conflation?.forget(ws);
  }
}
