/**
 * `/echo`: every message goes back as it came, text as text and binary as binary.
 */

import type { Route } from "./route.ts";

export const echo: Route = {
  // The promise of send() is handed back: a client that sends and does not read is not read from either.
  message: (ws, message) => ws.send(message),
};
