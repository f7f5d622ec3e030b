/** What the runner asks the generator for: a plain description for each kind of load. */
import type { Compression } from "../workloads/compression.ts";
import type { PayloadKind } from "../workloads/workload.ts";

interface Messages {
  readonly connections: number;
  readonly payload: PayloadKind;
  /** Bytes of a message. */
  readonly size: number;
}

/** Clients that send messages and check what is returned. */
export interface EchoPlan extends Messages {
  readonly kind: "echo";
  readonly port: number;
  readonly window: number;
  readonly compression: Compression;
  /** What the server returns: what it was sent, or to each JSON document another (`documents.ts`). */
  readonly replies: "echo" | "answer";
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
  readonly compression: Compression;
}

/** Clients that come and go. */
export interface ConnectPlan {
  readonly kind: "connect";
  readonly port: number;
  readonly connections: number;
}

/** Clients each of which sends one message that inflates to so many millions of zero bytes. */
export interface BombPlan {
  readonly kind: "bomb";
  readonly port: number;
  readonly megabytes: number;
}

/** A server for the clients under test: it exchanges messages with them, or floods them. */
export interface ListenPlan extends Messages {
  readonly kind: "listen";
  readonly isEcho: boolean;
  readonly window: number;
}

export type LoadPlan = BombPlan | EchoPlan | FloodPlan | BroadcastPlan | ConnectPlan | ListenPlan;
