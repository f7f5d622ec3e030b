/** What is kept of the measurements of several processes. */
import type { Machine } from "../measuring/machine.ts";
import type { BlockingResult } from "./measure-blocking.ts";
import type { EchoResult } from "./measure-echo.ts";
import type { RestartResult } from "./measure-restart.ts";
import type { ScalingResult } from "./measure-scaling.ts";

/** One part's figures, and where they come from: parts are measured on their own. */
export type Part<Result> = Result & { readonly startedAt: string; readonly machine: Machine };

export interface WorkersResults {
  readonly restart?: Part<RestartResult>;
  readonly blocking?: Part<BlockingResult>;
  readonly scaling?: Part<ScalingResult>;
  readonly echo?: Part<EchoResult>;
}
