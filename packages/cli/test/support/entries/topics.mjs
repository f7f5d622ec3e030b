/** Everybody gets what anybody says, in whichever process. */

import { serve } from "hawser";
import { ipcBackplane } from "hawser/backplanes/ipc";

const server = await serve(
  {
    async open(ws) {
      await ws.subscribe("all");
      ws.send(String(process.pid));
    },
    message: (_ws, message) => server.publish("all", message),
  },
  { host: "127.0.0.1", backplane: ipcBackplane() },
);
