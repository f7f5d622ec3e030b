// Answers for a thread that waits: see pooled-engine.ts
import { workerData } from "node:worker_threads";
import { zlibPool } from "../../../dist/node/zlib-pool.js";

const { port, answered } = workerData;

port.on("message", async ({ method, values }) => {
  let answer;
  try {
    answer = { result: await zlibPool[method](...values) };
  } catch (error) {
    answer = { error };
  }
  port.postMessage(answer);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
});
