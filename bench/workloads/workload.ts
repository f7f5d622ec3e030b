/** What a workload is: plain descriptions, so that the generator, the runner and the report can all read them. */
import type { Compression } from "./compression.ts";

interface CommonWorkload {
  /** Names it on the command line and in result files. */
  readonly id: string;
  /** Groups it on the command line: `pp` selects all of its kind. */
  readonly group: string;
  readonly title: string;
  /** Which side of a connection is measured; the load generator plays the other. */
  readonly side: "server" | "client";
  /** Whether permessage-deflate is agreed, and with which windows. */
  readonly compression: Compression;
}

export type PayloadKind = "binary" | "text" | "json";

interface MessageWorkload extends CommonWorkload {
  readonly payload: PayloadKind;
  /** Bytes of a message; for `json` about this many. */
  readonly size: number;
  readonly connections: number;
}

/** Messages sent and returned as fast as the measured side can. */
export interface EchoWorkload extends MessageWorkload {
  readonly kind: "echo";
  /** Messages under way on a connection: 1 is ping-pong. */
  readonly window: number;
}

/** Messages in one direction, to the measured side, which counts what reaches its application. */
export interface IngestWorkload extends MessageWorkload {
  readonly kind: "ingest";
}

/** One connection's message goes to all of them; the next follows when everybody has it. Counted are deliveries. */
export interface BroadcastWorkload extends MessageWorkload {
  readonly kind: "broadcast";
}

/** Connections that are opened by a handshake and closed by a handshake, again and again. */
export interface ConnectWorkload extends CommonWorkload {
  readonly kind: "connect";
  /** At the same time. */
  readonly connections: number;
}

/** Connections that do nothing; a figure is KiB of server memory for each. */
export interface IdleWorkload extends CommonWorkload {
  readonly kind: "idle";
  /** How many messages each connection has exchanged by the time memory is read; ascending, one row each. */
  readonly stages: readonly number[];
}

/** Workloads whose figure is a number of things done in each second of the measured process's CPU time. */
export type ThroughputWorkload = EchoWorkload | IngestWorkload | BroadcastWorkload | ConnectWorkload;

export type Workload = ThroughputWorkload | IdleWorkload;

export type Unit = "messages/CPU-s" | "deliveries/CPU-s" | "connections/CPU-s" | "KiB/connection";

/** One line of the results. */
export interface Row {
  readonly id: string;
  /** The id of the workload that fills it. */
  readonly workload: string;
  readonly title: string;
  readonly side: "server" | "client";
  readonly unit: Unit;
  /** Which way is good. */
  readonly better: "more" | "less";
}

const UNITS = {
  echo: "messages/CPU-s",
  ingest: "messages/CPU-s",
  broadcast: "deliveries/CPU-s",
  connect: "connections/CPU-s",
  idle: "KiB/connection",
} as const satisfies Record<Workload["kind"], Unit>;

/** The lines that a workload fills: one, or one a stage for idle memory. */
export function rowsOf(workload: Workload): Row[] {
  const { id, title, side } = workload;
  const unit = UNITS[workload.kind];
  if (workload.kind !== "idle") return [{ id, workload: id, title, side, unit, better: "more" }];
  return workload.stages.map((messages) => ({
    id: idleRowId(workload, messages),
    workload: id,
    title: `${title}, ${stageTitle(messages)}`,
    side,
    unit,
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
