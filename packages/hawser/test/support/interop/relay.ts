/**
 * Passes TCP connections on, and counts what passes.
 */

import { connect, createServer } from "node:net";
import { listening } from "../servers.ts";

export interface Relay {
  readonly port: number;
  /** So far: TCP connections, and bytes from clients and from the server. */
  readonly passed: { connections: number; client: number; server: number };
}

/** To a port of 127.0.0.1, until the test ends. */
export async function relayTo(target: number): Promise<Relay> {
  const passed = { connections: 0, client: 0, server: 0 };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    passed.connections++;
    const onward = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    client.on("data", ({ length }) => {
      passed.client += length;
    });
    onward.on("data", ({ length }) => {
      passed.server += length;
    });
    onward.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => onward.destroy());
    client.pipe(onward).pipe(client);
  });
  const { port } = await listening(server);
  return { port, passed };
}
