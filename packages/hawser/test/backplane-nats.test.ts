import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { natsBackplane } from "hawser/backplanes/nats";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { backplaneContract } from "./backplane-contract.ts";
import { backplaneLinkContract } from "./backplane-link-contract.ts";
import { Cable } from "./support/engines/cable.ts";
import type { Engine } from "./support/engines/engine.ts";
import { startNats } from "./support/engines/nats-server.ts";
import { describeWith } from "./support/programs.ts";

/** Quick to notice, and never tired. */
const RECONNECT = { maxReconnectAttempts: -1, reconnectTimeWait: 50, reconnectJitter: 10 };

describeWith("nats-server", "NATS", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startNats();
  });
  afterAll(() => engine.stop());

  for (const [name, options] of [
    ["nats, core alone", {}],
    ["nats, with JetStream", { jetstream }],
  ] as const) {
    backplaneContract(
      name,
      async () => {
        const cable = new Cable(engine.port);
        await cable.lay();
        onTestFinished(() => cable.remove());
        const open = () => connect({ servers: `127.0.0.1:${cable.port}`, ...RECONNECT });
        return {
          create: async () => natsBackplane(open, options),
          breakLink: () => cable.cut(),
          restoreLink: () => cable.mend(),
          keepsHistory: "jetstream" in options,
          keepsPresence: "jetstream" in options,
        };
      },
      { topic: `${name} ` },
    );
  }

  for (const storage of ["file", "memory"] as const) {
    backplaneLinkContract(
      `nats, with kill -9 and histories in ${storage}`,
      async () => {
        const own = await startNats();
        onTestFinished(() => own.stop());
        const open = () => connect({ servers: `127.0.0.1:${own.port}`, ...RECONNECT });
        return {
          create: async () => natsBackplane(open, { jetstream, storage }),
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
