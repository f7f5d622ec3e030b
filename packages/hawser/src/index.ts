/**
 * Hawser: WebSocket servers and clients for Node.
 *
 * @module
 */

export { HttpHeaders } from "./handshake/http-headers.ts";
export { broadcast } from "./node/broadcast.ts";
export { serve } from "./node/serve.ts";
