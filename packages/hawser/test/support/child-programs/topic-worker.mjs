/**
 * A server whose connections are subscribed to the topic "numbers" from where they say, in a process of its own. Its argument is
 * JSON: the engine, its port, and the port to listen on. Prints where it listens.
 */

import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { serve } from "hawser";
import { ipcBackplane } from "hawser/backplanes/ipc";
import { natsBackplane } from "hawser/backplanes/nats";
import { redisBackplane } from "hawser/backplanes/redis";
import { createClient } from "redis";

const { engine, enginePort, port = 0, history } = JSON.parse(process.argv[2]);

const servers = `127.0.0.1:${enginePort}`;
const BACKPLANES = {
  redis: () => redisBackplane(createClient({ url: `redis://${servers}` })),
  nats: () => natsBackplane(() => connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 50 }), { jetstream }),
  ipc: () => ipcBackplane(),
};

const server = await serve(
  {
    async open(ws) {
      const { searchParams } = ws.request.url;
      const epoch = searchParams.get("epoch");
      const since = epoch === null ? {} : { since: { epoch, offset: Number(searchParams.get("offset")) } };
      const subscription = await ws.subscribe("numbers", since);
      await ws.send(JSON.stringify({ type: "subscribed", ...subscription }));
    },
    message() {},
  },
  {
    host: "127.0.0.1",
    port,
    backplane: BACKPLANES[engine](),
    topics: {
      history,
      format: ({ data, epoch, offset }) => JSON.stringify({ type: "number", data, epoch, offset }),
      lost: ({ epoch, offset }) => JSON.stringify({ type: "lost", epoch, offset }),
    },
    compression: false,
    slowConsumer: { maxBuffered: 67_108_864 },
  },
);
process.stdout.write(`port ${server.port}\n`);
