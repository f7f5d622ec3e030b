/** Rounds of all ways, one after another on the same server and the same fast receivers; odd rounds go in reverse. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { buildRequest } from "../generator/handshake.ts";
import { Child } from "../processes/child.ts";
import type { Pinning } from "../processes/pinning.ts";
import type { SlowOptions } from "./options.ts";
import type { Delays } from "./receivers.ts";
import type { Published } from "./server.ts";
import { WAYS, type Way } from "./ways.ts";

export interface SlowRun extends Delays, Omit<Published, "memoryBefore" | "memoryAfter"> {
  readonly way: Way;
  readonly round: number;
  /** Bytes by which the server's resident memory grew. */
  readonly growth: number;
}

/** Publications before those that count, in each run. */
const WARM_UP = 3;

export async function measureSlowReceiver(options: SlowOptions, pinning: Pinning): Promise<readonly SlowRun[]> {
  const script = (name: string) => join(import.meta.dirname, `${name}.js`);
  const flags = ["--expose-gc"];
  const server = new Child({ name: "server", script: script("server"), flags, cpu: pinning.server });
  const receivers = new Child({ name: "receivers", script: script("receivers"), cpu: pinning.generator });
  try {
    const port = Number(await server.firstLine());
    await receivers.firstLine();
    await receivers.request("open", { port, count: options.receivers });
    const stage = { server, receivers, port, options };
    const runs: SlowRun[] = [];
    // The first round warms up
    for (let round = 0; round <= options.rounds; round++) {
      for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
        const run = await runOnce(stage, way, round);
        if (round > 0) runs.push(run);
      }
    }
    return runs;
  } finally {
    await Promise.all([server.stop(), receivers.stop()]);
  }
}

interface Stage {
  readonly server: Child;
  readonly receivers: Child;
  readonly port: number;
  readonly options: SlowOptions;
}

async function runOnce({ server, receivers, port, options }: Stage, way: Way, round: number): Promise<SlowRun> {
  const count = options.messages + WARM_UP;
  await server.request("measureBefore");
  const slow = way === "nobody" ? undefined : await openSlow(port, way);
  if (slow !== undefined) await server.request("fill", way);
  await receivers.request("expect", count * options.receivers);
  const order = { way, count, interval: options.interval };
  const { memoryBefore, memoryAfter, ...published } = await server.request<Published>("publish", order);
  const delays = await receivers.request<Delays>("result", WARM_UP * options.receivers);
  await server.request("dismiss");
  slow?.destroy();
  return { way, round, ...delays, ...published, growth: memoryAfter - memoryBefore };
}

/** It reads the server's response, and nothing any more. */
async function openSlow(port: number, way: Way): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  socket.write(buildRequest(port, false).replace("GET / ", `GET /slow/${way} `));
  await once(socket, "data");
  return socket.pause();
}
