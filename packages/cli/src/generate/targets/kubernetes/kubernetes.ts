/**
 * Kubernetes: a kustomize base, and components of which one chooses.
 */

import { why, yamlText } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { edgeProblems, nameProblems, probeProblems } from "../../edge.ts";
import { fleetOf } from "../../fleet.ts";
import { header } from "../../header.ts";
import type { GeneratedFile, Target } from "../../target.ts";
import { dashboardText } from "../grafana.ts";
import { COMPONENT, folderFiles, KUSTOMIZATION, type Objects } from "./kustomize.ts";
import { prometheusRule, serviceMonitor } from "./monitoring.ts";
import { adminService, httpRoute, ingress, networkPolicy, service } from "./network.ts";
import { horizontalPodAutoscaler, prometheusAdapterValues, scaledObject } from "./scaling.ts";
import { deploymentObject, podDisruptionBudget, serviceAccount } from "./workload.ts";

/** Of a Service, which gets `-admin` behind it. */
const LONGEST_NAME = 63 - "-admin".length;

export const kubernetes: Target = {
  name: "kubernetes",
  summary: "a kustomize base with Deployment, Services, probes, budget and policy; Gateway API or Ingress, HPA or KEDA",
  generate: (deployment) => [
    overview(deployment),
    ...base(deployment),
    ...component("gateway-api", { "httproute.yaml": httpRoute(deployment) }),
    ...component("ingress", { "ingress.yaml": ingress(deployment) }),
    ...(fleetOf(deployment).isElastic ? autoscalers(deployment) : []),
    ...monitoring(deployment),
  ],
  lint: (deployment) => [
    ...edgeProblems(deployment, "on Kubernetes"),
    ...nameProblems(deployment, LONGEST_NAME, "on Kubernetes"),
    ...probeProblems(deployment, "on Kubernetes"),
  ],
};

function overview(deployment: Deployment): GeneratedFile {
  const { isElastic } = fleetOf(deployment);
  const scaling = isElastic ? [why("components/hpa", "Or components/keda; both would fight.")] : [];
  const tree = {
    ...KUSTOMIZATION,
    resources: ["base"],
    components: [
      why("components/gateway-api", "Or components/ingress, for clusters without the Gateway API."),
      ...scaling,
      why("components/monitoring", "Needs the Prometheus operator."),
    ],
  };
  const head = header("kubernetes", "#", "kubectl apply -k .");
  return { path: "kustomization.yaml", text: yamlText(head, tree) };
}

function base(deployment: Deployment): readonly GeneratedFile[] {
  return folderFiles("base", KUSTOMIZATION, {
    "deployment.yaml": deploymentObject(deployment),
    "network-policy.yaml": networkPolicy(deployment),
    "pod-disruption-budget.yaml": podDisruptionBudget(deployment),
    "service.yaml": service(deployment),
    "service-account.yaml": serviceAccount(deployment),
    "service-admin.yaml": adminService(deployment),
  });
}

function autoscalers(deployment: Deployment): readonly GeneratedFile[] {
  const values = yamlText(
    header("kubernetes", "#", "Values of the Helm chart prometheus-adapter, which gives the autoscaler its metric."),
    prometheusAdapterValues(deployment),
  );
  return [
    ...component("hpa", { "horizontal-pod-autoscaler.yaml": horizontalPodAutoscaler(deployment) }),
    { path: "components/hpa/prometheus-adapter-values.yaml", text: values },
    ...component("keda", { "scaled-object.yaml": scaledObject(deployment) }),
  ];
}

function monitoring(deployment: Deployment): readonly GeneratedFile[] {
  const dashboards = {
    name: `${deployment.name}-dashboard`,
    files: ["dashboard.json"],
    options: { labels: { grafana_dashboard: "1" }, disableNameSuffixHash: true },
  };
  const objects = {
    "prometheus-rule.yaml": prometheusRule(deployment),
    "service-monitor.yaml": serviceMonitor(deployment),
  };
  const tree = { ...COMPONENT, configMapGenerator: [dashboards] };
  return [
    ...folderFiles("components/monitoring", tree, objects),
    { path: "components/monitoring/dashboard.json", text: dashboardText(deployment) },
  ];
}

function component(name: string, objects: Objects): readonly GeneratedFile[] {
  return folderFiles(`components/${name}`, COMPONENT, objects);
}
