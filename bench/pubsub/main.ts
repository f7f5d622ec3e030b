/**
 * From publishing in one process to delivery in another, by way of each backplane, beside the bare client of the same engine:
 * `node bench/dist/pubsub/main.js [count] [redis url] [nats url]`.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { serveIpcBackplane } from "hawser/backplanes/ipc";
import { quantile } from "../reporting/statistics.ts";
import { ENGINES, type EngineName } from "./engines.ts";

type Delays = Readonly<Record<"bare" | "topic" | "history", readonly number[]>>;

const SIDE = fileURLToPath(new URL("./side.js", import.meta.url));

const [count = "2000", redisUrl = "redis://127.0.0.1:6379", natsUrl = "nats://127.0.0.1:4222"] = process.argv.slice(2);

/** Of the deliveries at the beginning, before the programs are warm. */
const WARM_UP = 0.2;

console.log("| engine | bare p50 | p99 | topic p50 | p99 | with history p50 | p99 | overhead p50 |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const engine of ENGINES) {
  const { bare, topic, history } = await measure(engine);
  const cells = [bare, topic, history].flatMap((delays) => [
    quantile(settled(delays), 0.5),
    quantile(settled(delays), 0.99),
  ]);
  const overhead = quantile(settled(topic), 0.5) - quantile(settled(bare), 0.5);
  console.log(`| ${engine} | ${[...cells, overhead].map((ms) => ms.toFixed(2)).join(" | ")} |`);
}

async function measure(engine: EngineName): Promise<Delays> {
  const primary = serveIpcBackplane();
  const url = engine === "nats" ? natsUrl : redisUrl;
  const start = (role: string): ChildProcess => {
    const child = fork(SIDE, [JSON.stringify({ engine, url, role, count: Number(count) })]);
    primary.add(child);
    return child;
  };
  const [hearer, publisher] = [start("hear"), start("publish")];
  publisher.on("message", (message: { readonly bare?: string }) => {
    if (message.bare !== undefined) hearer.send(message);
  });
  await Promise.all([said(hearer, "isReady"), said(publisher, "isReady")]);
  const delays = said(hearer, "delays");
  publisher.send("begin");
  const result = (await delays) as Delays;
  await Promise.all([once(hearer, "exit"), once(publisher, "exit")]);
  primary.close();
  return result;
}

/** What a process says under this name. */
function said(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve) => {
    const heard = (message: Readonly<Record<string, unknown>>) => {
      if (message[name] === undefined) return;
      child.off("message", heard);
      resolve(message[name]);
    };
    child.on("message", heard);
  });
}

/** Without the first of them, which are slow while code is compiled. */
function settled(values: readonly number[]): readonly number[] {
  return values.slice(Math.floor(values.length * WARM_UP));
}
