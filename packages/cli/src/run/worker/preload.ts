/**
 * Loaded before the program in each worker's process: takes the supervisor's orders, and offers its places to the library.
 */

import { isMainThread } from "node:worker_threads";
import { ORDERS_VARIABLE, type WorkerOrders } from "../messages.ts";
import { Agent } from "./agent.ts";
import { processChannel } from "./channel.ts";
import { offer } from "./hosted-places.ts";

const text = process.env[ORDERS_VARIABLE];
// The program's own children, and its threads, are not the supervisor's
delete process.env[ORDERS_VARIABLE];
dropFlag(process.execArgv);
if (text !== undefined && isMainThread) begin(JSON.parse(text) as WorkerOrders);

function begin(orders: WorkerOrders): void {
  const { reusesPort, maxConnectionAge, descriptors } = orders;
  if (descriptors.length > 0) announce(descriptors);
  const agent = new Agent(orders, processChannel());
  offer({
    version: 1,
    reusesPort,
    maxConnectionAge: maxConnectionAge ?? Number.POSITIVE_INFINITY,
    listen: (place, connected) => agent.places.listen(place, connected),
  });
  agent.start();
}

/** Descriptors that the supervisor has: a program that asks `listenFds()` finds them, and the supervisor listens on them. */
function announce(names: readonly (string | null)[]): void {
  process.env["LISTEN_PID"] = String(process.pid);
  process.env["LISTEN_FDS"] = String(names.length);
  if (names.every((name) => name !== null)) process.env["LISTEN_FDNAMES"] = names.join(":");
}

/** Node hands its flags on to what the program forks. */
function dropFlag(flags: string[]): void {
  const at = flags.indexOf(import.meta.url);
  if (at > 0) flags.splice(at - 1, 2);
}
