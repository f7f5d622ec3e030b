/** The load generator's process: carries out what the runner asks for over IPC, one load after another. */
import { answerRequests } from "../processes/requests.ts";
import { BombLoad } from "./bomb-load.ts";
import { BroadcastLoad } from "./broadcast-load.ts";
import { ConnectLoad } from "./connect-load.ts";
import { EchoLoad } from "./echo-load.ts";
import { FloodLoad } from "./flood-load.ts";
import { ListenLoad } from "./listen-load.ts";
import type { Load, Totals } from "./load.ts";
import type { LoadPlan } from "./plan.ts";

let load: Load | undefined;

function currentLoad(): Load {
  if (load === undefined) throw new Error("Cannot generate load: no load is open");
  return load;
}

/** What {@link Load.count} counts, and the generator's own CPU time so far (µs). */
export interface GeneratorCount extends Totals {
  readonly cpu: number;
}

function count(): GeneratorCount {
  const { user, system } = process.cpuUsage();
  return { ...currentLoad().count(), cpu: user + system };
}

function makeLoad(plan: LoadPlan): Load {
  switch (plan.kind) {
    case "bomb":
      return new BombLoad(plan);
    case "echo":
      return new EchoLoad(plan);
    case "flood":
      return new FloodLoad(plan);
    case "broadcast":
      return new BroadcastLoad(plan);
    case "connect":
      return new ConnectLoad(plan);
    case "listen":
      return new ListenLoad(plan);
    default:
      return plan satisfies never;
  }
}

answerRequests({
  open: (plan: LoadPlan) => {
    load = makeLoad(plan);
    return load.open();
  },
  start: () => currentLoad().start(),
  count,
  finish: () => currentLoad().finish(),
  exchange: (messages: number) => currentLoad().exchange?.(messages),
  more: (connections: number) => currentLoad().more?.(connections),
  thin: (connections: number) => currentLoad().thin?.(connections),
  close: () => currentLoad().close(),
});
