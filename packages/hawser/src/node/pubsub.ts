/**
 * The entry point `hawser/pubsub`: what backplanes are made with, and an engine in memory.
 */

import { randomUUID } from "node:crypto";
import { MemoryEngine } from "../pubsub/index.ts";
import { type Clock, systemClock } from "./clock.ts";

export * from "../pubsub/index.ts";

/**
 * An engine in this process, which several servers may share: for servers on several ports, and for tests of what an application
 * does with several processes.
 *
 * @example
 * ```ts
 * import { connect, type ServerConnection, serve } from "hawser";
 * import { memoryEngine } from "hawser/pubsub";
 *
 * const engine = memoryEngine();
 * const open = (ws: ServerConnection) => ws.subscribe("news");
 * const north = await serve({ open, message() {} }, { backplane: engine.backplane() });
 * const south = await serve({ message() {} }, { backplane: engine.backplane() });
 *
 * const reader = await connect(`ws://localhost:${north.port}`);
 * await reader.ping(); // north has seen it
 * south.publish("news", "hello from the other server");
 * console.log(await reader.recv());
 * await Promise.all([north.close(), south.close()]);
 * ```
 */
export function memoryEngine({ clock = systemClock }: { readonly clock?: Pick<Clock, "now"> } = {}): MemoryEngine {
  return new MemoryEngine({ now: () => clock.now(), createId: randomUUID });
}
