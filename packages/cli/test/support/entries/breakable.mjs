/** Echoes; does not start once there is a file whose path is its argument. */

import { existsSync } from "node:fs";
import { serve } from "hawser";

if (existsSync(process.argv[2])) throw new Error("broken");
await serve({ message: (ws, message) => ws.send(message) }, { host: "127.0.0.1" });
