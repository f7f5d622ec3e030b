/** What the runner asks the generator for: a plain description for each kind of load. */
import type { PayloadKind } from "../workloads/workload.ts";

interface Messages {
  readonly connections: number;
  readonly payload: PayloadKind;
  /** Bytes of a message. */
  readonly size: number;
}

/** Clients that send messages and hold every echo against them. */
export interface EchoPlan extends Messages {
  readonly kind: "echo";
  readonly port: number;
  readonly window: number;
  readonly compression: boolean;
  /** Reads replies frame by frame even where their bytes are known, so that pings are answered. */
  readonly answersPings: boolean;
}

/** Clients that send as fast as the server takes it. */
export interface FloodPlan extends Messages {
  readonly kind: "flood";
  readonly port: number;
}

/** Clients of which one sends, and all receive. */
export interface BroadcastPlan extends Messages {
  readonly kind: "broadcast";
  readonly port: number;
}

/** Clients that come and go. */
export interface ConnectPlan {
  readonly kind: "connect";
  readonly port: number;
  readonly connections: number;
}

/** A server for the clients under test: it exchanges messages with them, or floods them. */
export interface ListenPlan extends Messages {
  readonly kind: "listen";
  readonly isEcho: boolean;
  readonly window: number;
}

export type LoadPlan = EchoPlan | FloodPlan | BroadcastPlan | ConnectPlan | ListenPlan;
