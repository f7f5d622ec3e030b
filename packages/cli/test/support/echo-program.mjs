/** A program as a user has one: it listens where its environment says, and echoes. With the argument `mute` it never answers. */

import { serve, shutdownOn } from "hawser";

const isMute = process.argv[2] === "mute";
const server = await serve(
  {
    message(ws, message) {
      if (!isMute) ws.sendNow(message);
    },
  },
  { host: "127.0.0.1", port: Number(process.env.PORT ?? 8765) },
);
shutdownOn(server);
