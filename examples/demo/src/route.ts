/**
 * What stands behind one path of the demo: the hooks form of a handler, one object for all of the path's connections.
 *
 * A route knows nothing of HTTP or of the other routes.
 */

import type { ServerConnection } from "hawser";

export interface Route {
  open?(ws: ServerConnection): void | Promise<void>;
  /** While a returned promise is pending, the connection's next message waits. */
  message(ws: ServerConnection, message: string | Uint8Array): void | Promise<void>;
  /** Called once for every connection that was opened, however it ended. */
  close?(ws: ServerConnection): void;
}
