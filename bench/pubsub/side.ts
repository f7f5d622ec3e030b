/**
 * One of the two processes: publishes, or hears and measures. A publication carries when it was published, by the machine's clock
 * that never goes back, which all processes share.
 */

import { once } from "node:events";
import { serve } from "hawser";
import { backplaneOf, bareClientOf, type EngineName } from "./engines.ts";

interface Order {
  readonly engine: EngineName;
  readonly url: string;
  readonly role: "publish" | "hear";
  readonly count: number;
}

/** Milliseconds between two publications: nothing waits for what came before it. */
const PAUSE = 2;

/** A chat message's worth. */
const PADDING = "x".repeat(200);

const WAYS = ["bare", "topic", "history"] as const;

const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const server = await serve(
  { message() {} },
  {
    host: "127.0.0.1",
    backplane: backplaneOf(order.engine, order.url),
    topics: (topic) => ({ history: topic === "history" }),
  },
);
const client = await bareClientOf(order.engine, order.url);
if (order.role === "hear") await hear();
else await publish();
await client.close();
await server.close();
process.disconnect();

/** One of each way after another, so that what else the machine does meets all alike. */
async function publish(): Promise<void> {
  process.send?.({ isReady: true });
  await once(process, "message");
  for (let index = 0; index < order.count; index++) {
    for (const way of WAYS) {
      const text = `${process.hrtime.bigint()} ${PADDING}`;
      if (way === "bare") client.publish(text);
      else server.publish(way, text);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

async function hear(): Promise<void> {
  const delays = { bare: [] as number[], topic: [] as number[], history: [] as number[] };
  const note = (way: (typeof WAYS)[number], text: string) => {
    delays[way].push(Number(process.hrtime.bigint() - BigInt(text.slice(0, text.indexOf(" ")))) / 1e6);
  };
  let heard = () => {};
  const all = new Promise<void>((resolve) => {
    heard = () => WAYS.every((way) => delays[way].length >= order.count) && resolve();
  });
  await client.subscribe((text) => {
    note("bare", text);
    heard();
  });
  const loops = (["topic", "history"] as const).map(async (topic) => {
    for await (const message of server.subscribe(topic)) {
      note(topic, String(message));
      heard();
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  process.send?.({ isReady: true });
  await all;
  process.send?.({ delays });
  void Promise.all(loops);
}
