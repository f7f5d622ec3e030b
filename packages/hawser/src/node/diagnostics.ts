/**
 * What this process' servers do, told to whoever subscribes with `node:diagnostics_channel`. Nobody there: nothing is made.
 */

import { channel } from "node:diagnostics_channel";
import type { Server } from "./server.ts";

const listening = channel("hawser:server:listening");

/** `hawser:server:listening` `{ server }`: a server listens, or is attached to one that does or will. */
export function tellListening(server: Server): void {
  if (listening.hasSubscribers) listening.publish({ server });
}
