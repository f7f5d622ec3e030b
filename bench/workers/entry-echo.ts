/** A program that `hawser run` runs, and that runs alone: echoes, and tells what it has used when asked. */
import { serve } from "hawser";

const server = await serve(
  {
    message(ws, message) {
      ws.sendNow(message === "/cpu" ? JSON.stringify(process.cpuUsage()) : message);
    },
  },
  { host: "127.0.0.1", compression: false },
);
process.stdout.write(`port ${server.port}\n`);
