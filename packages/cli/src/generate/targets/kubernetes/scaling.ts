/**
 * Autoscalers on connections: HorizontalPodAutoscaler with the Prometheus adapter, or KEDA. One of them, never both.
 */

import { why } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { fleetOf } from "../../fleet.ts";
import { metadataOf } from "./names.ts";

/** Up at once, down slowly: every pod that goes sends its clients away. */
const BEHAVIOR = {
  scaleUp: { policies: [{ type: "Percent", value: 100, periodSeconds: 30 }] },
  scaleDown: why(
    { stabilizationWindowSeconds: 600, policies: [{ type: "Percent", value: 10, periodSeconds: 60 }] },
    "Slowly: every pod that goes sends its clients away, and they come back to the others.",
  ),
};

export function horizontalPodAutoscaler(deployment: Deployment): unknown {
  const { name, metric, connections } = deployment;
  const { min, max } = fleetOf(deployment);
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: metadataOf(deployment),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        why(
          {
            type: "Pods",
            pods: {
              metric: { name: metric },
              target: { type: "AverageValue", averageValue: String(connections) },
            },
          },
          "Connections of a pod, on average; CPU follows messages, and is the second opinion.",
        ),
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
      behavior: BEHAVIOR,
    },
  };
}

/** Values of the chart `prometheus-adapter`: without this rule, the metric is not there. */
export function prometheusAdapterValues({ metric }: Deployment): unknown {
  return {
    rules: {
      custom: [
        {
          seriesQuery: `${metric}{namespace!="",pod!=""}`,
          resources: { overrides: { namespace: { resource: "namespace" }, pod: { resource: "pod" } } },
          name: { matches: metric, as: metric },
          metricsQuery: why(
            "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
            "Workers and states of a pod together.",
          ),
        },
      ],
    },
  };
}

export function scaledObject(deployment: Deployment): unknown {
  const { name, metric, connections } = deployment;
  const { min, max } = fleetOf(deployment);
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: metadataOf(deployment),
    spec: {
      scaleTargetRef: { name },
      minReplicaCount: min,
      maxReplicaCount: max,
      pollingInterval: 15,
      fallback: why(
        { failureThreshold: 4, replicas: min, behavior: "currentReplicasIfHigher" },
        "Without Prometheus nobody knows the load: nobody is sent away meanwhile. KEDA 2.17 or newer.",
      ),
      advanced: { horizontalPodAutoscalerConfig: { behavior: BEHAVIOR } },
      triggers: [
        {
          type: "prometheus",
          metadata: {
            serverAddress: why("http://prometheus.monitoring:9090", "Yours."),
            query: `sum(${metric}{job="${name}"})`,
            threshold: String(connections),
          },
        },
      ],
    },
  };
}
