/**
 * Answers to a scrape, on the port of the WebSocket server itself, as a hook.
 */

import { quote } from "../handshake/errors.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { ProcessRequest } from "./request-hooks.ts";
import { respond } from "./respond.ts";

export interface MetricsEndpointOptions {
  /** @default "/metrics" */
  readonly path?: string;
}

const ACTION = "Cannot set up metricsEndpoint";

/**
 * A `processRequest` that answers GET and HEAD of one path with the metrics, and leaves everything else to the handshake.
 *
 * Whoever reaches the port can read them: put `basicAuth` before it, or serve them on a port of their own.
 *
 * @throws {TypeError} for what are no metrics, an unknown option, or a path that does not begin with `/`.
 */
export function metricsEndpoint(
  metrics: Pick<Metrics, "text" | "contentType">,
  options: MetricsEndpointOptions = {},
): ProcessRequest {
  if (typeof metrics?.text !== "function") {
    throw new TypeError(`${ACTION}: metrics must be what createMetrics() returns, got ${String(metrics)}`);
  }
  refuseUnknownOptions(ACTION, options, ["path"]);
  const { path = "/metrics" } = options;
  if (typeof path !== "string" || !/^\/[!-~]*$/.test(path) || /[?#]/.test(path)) {
    throw new TypeError(
      `${ACTION}: path must be a path such as "/metrics", without a query, got ${quote(String(path))}`,
    );
  }
  return (request) => {
    if ((request.method !== "GET" && request.method !== "HEAD") || request.path.split("?", 1)[0] !== path)
      return undefined;
    const headers: [string, string][] = [
      ["Content-Type", metrics.contentType],
      ["Cache-Control", "no-store"],
    ];
    return respond(200, metrics.text(), headers);
  };
}
