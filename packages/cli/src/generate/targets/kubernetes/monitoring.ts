/**
 * What the Prometheus operator needs to know.
 */

import type { Deployment } from "../../deployment.ts";
import { alertGroups } from "../alerts.ts";
import { adminName, labelsOf, metadataOf, PORTS, TOKEN_KEY } from "./names.ts";

export function serviceMonitor(deployment: Deployment): unknown {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: metadataOf(deployment),
    spec: {
      jobLabel: "app.kubernetes.io/name",
      selector: { matchLabels: { ...labelsOf(deployment), "app.kubernetes.io/component": "admin" } },
      endpoints: [
        {
          port: PORTS.admin,
          path: "/metrics",
          interval: "15s",
          authorization: { type: "Bearer", credentials: { name: adminName(deployment), key: TOKEN_KEY } },
        },
      ],
    },
  };
}

export function prometheusRule(deployment: Deployment): unknown {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: metadataOf(deployment),
    spec: { groups: alertGroups(deployment) },
  };
}
