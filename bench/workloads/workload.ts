/** What a workload is: plain descriptions, so that the generator, the runner and the report can all read them. */

interface CommonWorkload {
  /** Names it on the command line and in result files. */
  readonly id: string;
  /** Groups it on the command line: `pp` selects all of its kind. */
  readonly group: string;
  /** Whether permessage-deflate is agreed. */
  readonly compression: boolean;
}

export type PayloadKind = "binary" | "text" | "json";

/** Messages sent and returned as fast as the server can; a figure is messages per second of server CPU time. */
export interface EchoWorkload extends CommonWorkload {
  readonly kind: "echo";
  readonly title: string;
  readonly payload: PayloadKind;
  /** Bytes of a message; for `json` about this many. */
  readonly size: number;
  readonly connections: number;
  /** Messages under way on a connection: 1 is ping-pong. */
  readonly window: number;
}

/** Connections that do nothing; a figure is KiB of server memory for each. */
export interface IdleWorkload extends CommonWorkload {
  readonly kind: "idle";
  readonly title: string;
  /** How many messages each connection has exchanged by the time memory is read; ascending, one row each. */
  readonly stages: readonly number[];
}

export type Workload = EchoWorkload | IdleWorkload;

export type Unit = "messages/CPU-s" | "KiB/connection";

/** One line of the results. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** Which way is good. */
  readonly better: "more" | "less";
}

/** The lines that a workload fills: one for an echo, one a stage for idle memory. */
export function rowsOf(workload: Workload): Row[] {
  if (workload.kind === "echo") {
    return [{ id: workload.id, title: workload.title, unit: "messages/CPU-s", better: "more" }];
  }
  return workload.stages.map((messages) => ({
    id: idleRowId(workload, messages),
    title: `${workload.title}, ${stageTitle(messages)}`,
    unit: "KiB/connection",
    better: "less",
  }));
}

/** The row of an idle workload's stage. */
export function idleRowId(workload: IdleWorkload, messages: number): string {
  return `${workload.id}-${messages}`;
}

function stageTitle(messages: number): string {
  if (messages === 0) return "just open";
  return messages === 1 ? "after 1 message" : `after ${messages} messages`;
}
