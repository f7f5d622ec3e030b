/** How far stopping and restarting are, from a status. Pure. */

import type { ShownStatus } from "../status/admin-client.ts";
import type { Stage } from "../status/follow.ts";
import { countText } from "../status/view.ts";

/** Connections first, then processes. */
export function stopStage({ workers, drain }: ShownStatus): Stage {
  if (drain !== undefined && drain.left > 0) {
    const detail = `${countText(drain.left)} of ${countText(drain.of)} connections left`;
    return { what: "stopping", detail, done: drain.of - drain.left, total: drain.of };
  }
  const left = workers.filter(({ state }) => state !== "dead").length;
  return {
    what: "ending workers",
    detail: left === 1 ? "1 worker left" : `${left} workers left`,
    done: 0,
    total: Math.max(left, 1),
  };
}

/** @param oldest the newest generation before the restart */
export function restartStage({ workers, target, drain }: ShownStatus, oldest: number): Stage {
  const replaced = workers.filter(({ state, generation }) => state === "ready" && generation > oldest).length;
  const closing = drain === undefined ? "" : `, ${countText(drain.left)} connections left`;
  const detail = `${replaced} of ${target} replaced${closing}`;
  return { what: "restarting", detail, done: replaced, total: target };
}
