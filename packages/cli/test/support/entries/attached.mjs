/** A server that is attached to an HTTP server of its own, which listens by itself. */

import { createServer } from "node:http";
import { serve } from "hawser";

const http = createServer((_request, response) => response.end(String(process.pid)));
await serve(
  { message: (ws, message) => ws.send(message === "/pid" ? String(process.pid) : message) },
  { server: http },
);
http.listen(Number(process.argv[2]), "127.0.0.1");
