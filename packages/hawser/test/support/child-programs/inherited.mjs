/** A server on the descriptors that it inherits, as systemd hands them over. Prints which it got. */

import { listenFds, serve, shutdownOn } from "hawser";

const [socket, ...others] = listenFds();
const server = await serve(
  async (ws) => {
    for await (const message of ws) await ws.send(message);
  },
  { fd: socket.fd, transport: process.env.HAWSER_TEST_TRANSPORT },
);
shutdownOn(server);
process.stdout.write(`port ${server.port} fd ${socket.fd} name ${socket.name} others ${others.length}\n`);
