/** The load generator's process: carries out what the runner asks for over IPC, one load after another. */
import { answerRequests } from "../processes/requests.ts";
import { Load, type LoadPlan } from "./load.ts";

let load: Load | undefined;

function currentLoad(): Load {
  if (load === undefined) throw new Error("Cannot generate load: no load is open");
  return load;
}

/** What {@link Load.count} counts, and the generator's own CPU time so far (µs). */
export interface GeneratorCount {
  readonly messages: number;
  readonly bytes: number;
  readonly cpu: number;
}

function count(): GeneratorCount {
  const { user, system } = process.cpuUsage();
  return { ...currentLoad().count(), cpu: user + system };
}

answerRequests({
  open: async (plan: LoadPlan) => {
    load = new Load(plan);
    await load.open();
  },
  start: () => currentLoad().start(),
  count,
  finish: () => currentLoad().finish(),
  exchange: (messages: number) => currentLoad().exchange(messages),
  close: () => currentLoad().close(),
});
