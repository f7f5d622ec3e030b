/**
 * One process's end of a backplane, for tests: writes down what it is told.
 */

import type {
  Backplane,
  BackplaneReceiver,
  HistoryLimits,
  Payload,
  Position,
  Publication,
  Receipt,
  TopicInterest,
} from "hawser/pubsub";
import { expect, onTestFinished, vi } from "vitest";

/** Long enough for an engine in another process to start again. */
const WAITING = { timeout: 15_000, interval: 5 };

export type BackplaneEvent =
  | { readonly type: "received"; readonly publication: Publication; readonly position: Position | undefined }
  | { readonly type: "gap"; readonly topics: readonly string[] | undefined }
  | { readonly type: "connected" | "disconnected" }
  | { readonly type: "rejected"; readonly reason: string };

export function message(topic: string, data: Payload, more: Partial<Publication> = {}): Publication {
  return { topic, kind: "message", data, key: undefined, compress: undefined, ...more };
}

export class BackplaneNode {
  readonly backplane: Backplane;
  readonly events: BackplaneEvent[] = [];
  /** What was told during a call, which no backplane may do. */
  readonly interruptions: BackplaneEvent[] = [];
  #isCalling = false;

  constructor(backplane: Backplane) {
    this.backplane = backplane;
  }

  /** Calls the backplane and notices what it tells meanwhile. */
  async call<Value>(ask: (backplane: Backplane) => Value | Promise<Value>): Promise<Value> {
    this.#isCalling = true;
    let answer: Value | Promise<Value>;
    try {
      answer = ask(this.backplane);
    } finally {
      this.#isCalling = false;
    }
    return answer;
  }

  subscribe(...topics: readonly (string | TopicInterest)[]): Promise<void> {
    const interests = topics.map((topic) => (typeof topic === "string" ? { topic, history: undefined } : topic));
    return this.call((backplane) => backplane.subscribe(interests));
  }

  publish(publication: Publication, history?: HistoryLimits): Promise<Receipt> {
    return this.call((backplane) => backplane.publish(publication, history));
  }

  /** What was received of a topic, or of all. */
  received(topic?: string): readonly Extract<BackplaneEvent, { type: "received" }>[] {
    const all = this.events.filter((event) => event.type === "received");
    return topic === undefined ? all : all.filter(({ publication }) => publication.topic === topic);
  }

  texts(topic?: string): readonly string[] {
    return this.received(topic).map(({ publication }) => String(publication.data));
  }

  /** Waits until so many publications have come. */
  async untilReceived(count: number, topic?: string): Promise<void> {
    await vi.waitFor(() => expect(this.received(topic).length).toBeGreaterThanOrEqual(count), WAITING);
  }

  async untilTold(type: BackplaneEvent["type"]): Promise<void> {
    await vi.waitFor(() => expect(this.events.map((event) => event.type)).toContain(type), WAITING);
  }

  /** Who is told. */
  get receiver(): BackplaneReceiver {
    return {
      received: (publication, position) => this.#note({ type: "received", publication, position }),
      gap: (topics) => this.#note({ type: "gap", topics }),
      connected: () => this.#note({ type: "connected" }),
      disconnected: () => this.#note({ type: "disconnected" }),
      rejected: (reason) => this.#note({ type: "rejected", reason }),
    };
  }

  #note(event: BackplaneEvent): void {
    if (this.#isCalling) this.interruptions.push(event);
    this.events.push(event);
  }
}

export async function startNode(backplane: Backplane): Promise<BackplaneNode> {
  const node = new BackplaneNode(backplane);
  onTestFinished(() => backplane.close());
  await node.call(() => backplane.start(node.receiver));
  return node;
}
