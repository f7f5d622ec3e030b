/** The program of a generator's thread: answers the main thread, and tells it of each interval. */

import { parentPort, workerData } from "node:worker_threads";
import { type Request, replyTo } from "../../workers/answers.ts";
import type { ThreadLoad } from "../load.ts";
import { Generator, type OpenRequest, type RunRequest } from "./generator.ts";

const port = parentPort!;
const generator = new Generator(workerData as ThreadLoad, (interval) => port.postMessage({ interval }));
const answers = {
  prepare: () => generator.prepare(),
  open: (request: OpenRequest) => generator.open(request),
  run: (request: RunRequest) => generator.run(request),
  close: () => generator.close(),
};

port.on("message", (request: Request) => {
  void replyTo(answers, request).then((reply) => port.postMessage(reply));
});
