/**
 * From publishing in one process to delivery in another, by way of each backplane, beside the bare client of the same engine:
 * `node bench/dist/pubsub/main.js [count] [redis url] [nats url] [rounds]`. Writes `bench/results/pubsub.md` and `pubsub.json`.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveIpcBackplane } from "hawser/backplanes/ipc";
import { describeLoad, describeMachine } from "../measuring/machine.ts";
import { findPeer } from "../peers/catalogue.ts";
import { originText } from "../reporting/origin.ts";
import { keepResult } from "../reporting/result-files.ts";
import { ENGINES, type EngineName } from "./engines.ts";
import { type DelayRun, type DelayWay, delayPage, delayTable, settledQuantiles } from "./page.ts";

type Delays = Readonly<Record<DelayWay, readonly number[]>>;

const SIDE = fileURLToPath(new URL("./side.js", import.meta.url));

/** The repository: this file runs as `bench/dist/pubsub/main.js`. */
const ROOT = join(import.meta.dirname, "..", "..", "..");

const [words, redisUrl = "redis://127.0.0.1:6379", natsUrl = "nats://127.0.0.1:4222", rounds = "3"] =
  process.argv.slice(2);
const count = Number(words ?? "1000");

const startedAt = new Date().toISOString();
const machine = describeMachine();
const load = describeLoad();
const runs: DelayRun[] = [];
for (let round = 1; round <= Number(rounds); round++) {
  for (const engine of round % 2 === 1 ? ENGINES : ENGINES.toReversed()) {
    const { bare, topic, history } = await measure(engine);
    const delays = {
      bare: settledQuantiles(bare),
      topic: settledQuantiles(topic),
      history: settledQuantiles(history),
    };
    runs.push({ engine, round, delays });
  }
}
runs.sort((one, other) => ENGINES.indexOf(one.engine as EngineName) - ENGINES.indexOf(other.engine as EngineName));
console.log(delayTable(runs));
const { label, version } = findPeer("hawser");
const versions = { [label]: version };
const page = delayPage(runs, count, [...originText({ startedAt, machine, versions }), load]);
const kept = { startedAt, machine, versions, count, runs };
console.log(`\n${keepResult(ROOT, "pubsub", { isWritten: true, kept, page })}`);

async function measure(engine: EngineName): Promise<Delays> {
  const primary = serveIpcBackplane();
  const url = engine === "nats" ? natsUrl : redisUrl;
  const start = (role: string): ChildProcess => {
    const child = fork(SIDE, [JSON.stringify({ engine, url, role, count })]);
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
