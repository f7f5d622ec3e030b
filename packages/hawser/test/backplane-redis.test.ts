import { redisBackplane } from "hawser/backplanes/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { backplaneContract } from "./backplane-contract.ts";
import { backplaneLinkContract } from "./backplane-link-contract.ts";
import { Cable } from "./support/engines/cable.ts";
import type { Engine } from "./support/engines/engine.ts";
import { startRedis } from "./support/engines/redis-server.ts";
import { describeWith } from "./support/programs.ts";

const CLIENTS = [
  ["node-redis", (url: string) => createClient({ url })],
  ["ioredis", (url: string) => new Redis(url, { lazyConnect: true })],
] as const;

describeWith("redis-server", "Redis", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startRedis();
  });
  afterAll(() => engine.stop());

  for (const [client, make] of CLIENTS) {
    for (const sharded of [false, true]) {
      const name = `${client}${sharded ? ", sharded" : ""}`;
      backplaneContract(
        name,
        async () => {
          const cable = new Cable(engine.port);
          await cable.lay();
          onTestFinished(() => cable.remove());
          return {
            create: async () => redisBackplane(make(`redis://127.0.0.1:${cable.port}`), { sharded }),
            breakLink: () => cable.cut(),
            restoreLink: () => cable.mend(),
            keepsHistory: true,
            keepsPresence: true,
          };
        },
        { topic: `${name} ` },
      );
    }

    backplaneLinkContract(
      `${client}, with kill -9`,
      async () => {
        const own = await startRedis();
        onTestFinished(() => own.stop());
        return {
          create: async () => redisBackplane(make(own.url)),
          breakLink: () => own.kill(),
          restoreLink: () => own.start(),
          keepsHistory: true,
          keepsPresence: true,
        };
      },
      (text) => text,
    );
  }
});
