/** Stops its server at signals, and has something else to do for ever. */

import { serve, shutdownOn } from "hawser";

shutdownOn(await serve({ message: (ws, message) => ws.send(message) }, { host: "127.0.0.1" }));
setInterval(() => {}, 1_000);
