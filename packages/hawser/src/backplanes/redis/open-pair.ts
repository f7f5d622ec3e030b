/**
 * The two connections of a backplane, whichever client makes them: one for commands, one for subscriptions, which in Redis'
 * protocol takes no other commands.
 */

import type { ConnectionEvents } from "./connection.ts";

/** What both clients call alike. */
export interface OneClient {
  connect(): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: ioredis overloads it for each event
  on(event: any, listener: (...args: any[]) => void): unknown;
}

export interface Pair<Client> {
  readonly commands: Client;
  readonly subscriber: Client;
  /** Ends both. */
  close(): void;
}

/**
 * Opens both, and tells when one of them is lost.
 *
 * @param duplicate makes one more client
 * @param end ends it at once
 * @param signal gives up
 * @throws whatever the client or the signal says; neither connection is left then
 */
export async function openPair<Client extends OneClient>(
  duplicate: () => Client,
  end: (client: Client) => void,
  events: ConnectionEvents,
  signal: AbortSignal,
): Promise<Pair<Client>> {
  const [commands, subscriber] = [duplicate(), duplicate()];
  for (const one of [commands, subscriber]) tellWhenLost(one, events);
  const close = () => {
    end(commands);
    end(subscriber);
  };
  signal.addEventListener("abort", close);
  try {
    await Promise.all([commands.connect(), subscriber.connect()]);
    signal.throwIfAborted();
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
  return { commands, subscriber, close };
}

function tellWhenLost(client: OneClient, events: ConnectionEvents): void {
  client.on("error", events.lost);
  client.on("end", () => events.lost(new Error("the connection to Redis was closed")));
}
