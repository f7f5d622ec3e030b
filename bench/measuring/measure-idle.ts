/**
 * Memory of idle connections: growth of the server's resident memory over an empty but warm server, for each connection.
 *
 * Read after a forced collection, so that what counts is what a connection holds, not what it left lying about.
 */
import type { EchoPlan } from "../generator/plan.ts";
import { type IdleWorkload, idleRowId } from "../workloads/workload.ts";
import type { Figure, MeasureSettings } from "./figure.ts";
import type { Stage } from "./stage.ts";

const KIB = 1024;

/** Few connections, many messages: compiles the code and fills the young generation, yet frees little that idle connections could reuse. */
const WARM_UP = { connections: 20, messages: 250 };

/** Opens the connections, lets them exchange as many messages as each stage says, and reads memory at each. */
export async function measureIdle(workload: IdleWorkload, stage: Stage, settings: MeasureSettings): Promise<Figure[]> {
  const plan = planFor(workload, stage.port, settings.idleConnections);
  await warmUp(stage, plan);
  const base = await stage.subject.memory();
  await stage.load.open(plan);
  const figures: Figure[] = [];
  let exchanged = 0;
  for (const messages of workload.stages) {
    await stage.load.exchange(messages - exchanged);
    exchanged = messages;
    const { rss, heapUsed, arrayBuffers } = await stage.subject.memory();
    const each = (now: number, before: number) => (now - before) / plan.connections / KIB;
    figures.push({
      row: idleRowId(workload, messages),
      value: each(rss, base.rss),
      circumstances: {
        connections: plan.connections,
        heapUsed: each(heapUsed, base.heapUsed),
        arrayBuffers: each(arrayBuffers, base.arrayBuffers),
      },
    });
  }
  return figures;
}

async function warmUp({ load }: Stage, plan: EchoPlan): Promise<void> {
  await load.open({ ...plan, connections: WARM_UP.connections });
  await load.exchange(WARM_UP.messages);
  await load.close();
}

/** About what a live feed sends: 170 bytes of JSON. The generator answers pings, as real clients do. */
function planFor({ compression }: IdleWorkload, port: number, connections: number): EchoPlan {
  return {
    kind: "echo",
    port,
    connections,
    window: 1,
    payload: "json",
    size: 170,
    compression,
    replies: "echo",
    answersPings: true,
  };
}
