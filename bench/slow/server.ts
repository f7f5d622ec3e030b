/**
 * The server whose receivers are measured: publishes at a fixed rate, and looks at the one that does not read.
 *
 * The one that connects to `/slow/<way>` is that one; all others are subscribed to every topic.
 */
import { broadcast, type Server, type ServerConnection, serve } from "hawser";
import { answerRequests } from "../processes/requests.ts";
import { timedMessage, WAYS, type Way } from "./ways.ts";

export interface PublishOrder {
  readonly way: Way;
  readonly count: number;
  /** Milliseconds between two publications. */
  readonly interval: number;
}

export interface Published {
  /** Bytes that waited for the slow one, at most. */
  readonly buffered: number;
  /** How much it did not get. */
  readonly skipped: number;
  /** Bytes of resident memory: before the slow one came, and after. */
  readonly memoryBefore: number;
  readonly memoryAfter: number;
  /** Seconds of the server's CPU time. */
  readonly cpu: number;
}

const MAX_BUFFERED = 1_048_576;

/** Messages at once, while the slow one is filled up. */
const FILL = 50;

const CONFLATE = { slowSubscriber: "conflate" } as const;

let slow: ServerConnection | undefined;
let memoryBefore = 0;

const server: Server = await serve(
  {
    open(ws) {
      const way = /^\/slow\/(.*)$/.exec(ws.request.path)?.[1];
      if (way !== undefined) slow = ws;
      for (const topic of way === undefined ? WAYS : [way]) void ws.subscribe(topic);
    },
    message() {},
    close(ws) {
      if (ws === slow) slow = undefined;
    },
  },
  {
    host: "127.0.0.1",
    compression: false,
    pingInterval: null,
    slowConsumer: { maxBuffered: MAX_BUFFERED, stall: 3_600_000, policy: "skip" },
    topics: (topic) => (topic === "conflate" ? CONFLATE : undefined),
  },
);

answerRequests({ connections: () => server.connections.size, measureBefore, fill, publish, dismiss });
process.stdout.write(`${server.port}\n`);

function measureBefore(): void {
  memoryBefore = residentMemory();
}

/** Sends the slow one alone so much that it is slow: over the limit that it is held to. */
async function fill(way: Way): Promise<void> {
  const ws = slow;
  if (ws === undefined) throw new Error("the slow receiver is not there");
  const isFull = () => (way === "skip" ? ws.bufferedAmount > MAX_BUFFERED : !ws.sendNow(timedMessage()));
  while (!isFull()) {
    for (let count = 0; count < FILL && way === "skip"; count++) broadcast([ws], timedMessage());
    await new Promise(setImmediate);
  }
}

async function publish({ way, count, interval }: PublishOrder): Promise<Published> {
  const start = performance.now();
  const used = process.cpuUsage();
  let [buffered, skipped] = [0, 0];
  for (let index = 0; index < count; index++) {
    const wait = start + index * interval - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    skipped += server.publish(way, timedMessage()).skipped;
    buffered = Math.max(buffered, slow?.bufferedAmount ?? 0);
  }
  const { user, system } = process.cpuUsage(used);
  return { buffered, skipped, memoryBefore, memoryAfter: residentMemory(), cpu: (user + system) / 1e6 };
}

function dismiss(): void {
  slow?.terminate();
}

function residentMemory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
