/**
 * PromQL's names of what a deployment exports.
 */

import type { Deployment } from "./deployment.ts";

const USUAL_PREFIX = "websocket_";
const CONNECTIONS = "connections_active";

export interface Series {
  /** The label that all of a deployment's series have. */
  readonly job: string;
  /** `connections_active` with the prefix, the job and more labels. */
  series(name: string, labels?: string): string;
}

/** The prefix follows from `metric`, where it is the library's gauge under another prefix. */
export function seriesOf({ name, metric }: Deployment): Series {
  const prefix = metric.endsWith(CONNECTIONS) ? metric.slice(0, -CONNECTIONS.length) : USUAL_PREFIX;
  const job = `job="${name}"`;
  return { job, series: (own, labels) => `${prefix}${own}{${labels === undefined ? job : `${job},${labels}`}}` };
}
