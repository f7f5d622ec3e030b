/** What the load generator has to do for a workload, and what the application of the process under test does. */
import type { ListenPlan, LoadPlan } from "../generator/plan.ts";
import type { Application } from "../peers/server-process.ts";
import type { EchoWorkload, IngestWorkload, ThroughputWorkload, Workload } from "../workloads/workload.ts";

const APPLICATIONS = {
  echo: "echo",
  ingest: "ingest",
  broadcast: "broadcast",
  connect: "echo",
  idle: "echo",
} as const satisfies Record<Workload["kind"], Application>;

/** What the application under test does with a message. */
export function applicationFor({ kind }: Workload): Application {
  return APPLICATIONS[kind];
}

/** The load for a server under test that listens on `port`. */
export function loadPlanFor(workload: ThroughputWorkload, port: number): LoadPlan {
  switch (workload.kind) {
    case "echo": {
      const { connections, window, payload, size, compression } = workload;
      const messages = { connections, window, payload, size, compression } as const;
      return { kind: "echo", port, ...messages, replies: "echo", answersPings: false };
    }
    case "ingest": {
      const { connections, payload, size } = workload;
      return { kind: "flood", port, connections, payload, size };
    }
    case "broadcast": {
      const { kind, connections, payload, size, compression } = workload;
      return { kind, port, connections, payload, size, compression };
    }
    case "connect":
      return { kind: "connect", port, connections: workload.connections };
    default:
      return workload satisfies never;
  }
}

/** The load for a client under test. */
export function listenPlanFor(workload: EchoWorkload | IngestWorkload): ListenPlan {
  const { kind, connections, payload, size } = workload;
  return {
    kind: "listen",
    isEcho: kind === "echo",
    window: kind === "echo" ? workload.window : 1,
    connections,
    payload,
    size,
  };
}
