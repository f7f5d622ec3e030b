/** An entry in TypeScript. */

import { type ServerConnection, serve } from "hawser";

await serve(async (ws: ServerConnection) => void (await ws.send("typed")), { host: "127.0.0.1" });
