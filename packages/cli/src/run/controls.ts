/**
 * What stands around a supervisor: the admin endpoint, and the autoscaler if there is a rule. Knows no process.
 */

import { type AdminEndpoint, startAdmin } from "../admin/admin-endpoint.ts";
import { workerBounds } from "../config/run-grammars.ts";
import { RUN_OPTIONS, type RunSettings } from "../config/run-options.ts";
import { type ScalingChange, startAutoscaler } from "../scaling/autoscaler.ts";
import type { Supervision } from "./supervision.ts";

export interface ControlsHost {
  /** Ends all processes at once: `hawser stop --now`. */
  readonly kill: () => void;
  /** What `auto` stands for. */
  readonly processors: number;
  readonly journal: {
    info(text: string): void;
    error(text: string): void;
  };
}

export interface Controls {
  /** Call it when the supervisor has ended: until then it can be asked. */
  close(): Promise<void>;
}

/**
 * Call it before workers are started, so that an address that is taken stops nobody.
 *
 * @throws {CommandError} if the admin endpoint can't listen
 */
export async function startControls(
  supervision: Supervision,
  { admin, adminToken, name, scale, workers }: RunSettings,
  { kill, processors, journal }: ControlsHost,
): Promise<Controls> {
  const onError = (error: unknown) =>
    journal.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  let endpoint: AdminEndpoint | undefined;
  if (admin !== undefined) {
    endpoint = await startAdmin(supervision, { address: admin, token: adminToken, name, kill, onError });
    journal.info(`the admin endpoint is at ${RUN_OPTIONS.admin.grammar.show(endpoint.address)}`);
  }
  const bounds = workerBounds(workers, processors);
  const onScale = (change: ScalingChange) => journal.info(scalingText(change));
  const autoscaler = scale && startAutoscaler(supervision, { rule: scale, bounds, onScale, onError });
  return {
    async close() {
      autoscaler?.stop();
      await endpoint?.close();
    },
  };
}

function scalingText({ from, to, connections, cpuPerWorker }: ScalingChange): string {
  return `scaled from ${from} to ${to} workers, at ${connections} connections and ${Math.round(cpuPerWorker * 100)} % CPU for each`;
}
