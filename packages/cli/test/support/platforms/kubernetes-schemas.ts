/**
 * Objects of Kubernetes against its published schemas: types and ranges by the schemas themselves, misspelt keys by what
 * they never ask for.
 */

import { HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import { DestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import { Gateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import { VirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { type KeyTable, unknownKeys } from "./strict-keys.ts";
import { unreadKeys } from "./strict-object.ts";

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [key: string]: unknown;
}

interface Model {
  readonly prototype: { validate(): void };
}

/** By `apiVersion` and `kind`. */
const MODELS: Readonly<Record<string, Model>> = {
  "v1/Service": Service,
  "v1/ServiceAccount": ServiceAccount,
  "apps/v1/Deployment": Deployment,
  "autoscaling/v2/HorizontalPodAutoscaler": HorizontalPodAutoscaler,
  "gateway.networking.k8s.io/v1/HTTPRoute": HTTPRoute,
  "keda.sh/v1alpha1/ScaledObject": ScaledObject,
  "monitoring.coreos.com/v1/PrometheusRule": PrometheusRule,
  "monitoring.coreos.com/v1/ServiceMonitor": ServiceMonitor,
  "networking.istio.io/v1/DestinationRule": DestinationRule,
  "networking.istio.io/v1/Gateway": Gateway,
  "networking.istio.io/v1/VirtualService": VirtualService,
  "networking.k8s.io/v1/Ingress": Ingress,
  "networking.k8s.io/v1/NetworkPolicy": NetworkPolicy,
  "policy/v1/PodDisruptionBudget": PodDisruptionBudget,
};

const METADATA: KeyTable = { name: true, labels: { "*": true }, annotations: { "*": true } };

const KUSTOMIZATION: KeyTable = {
  apiVersion: true,
  kind: true,
  resources: true,
  components: true,
  patches: { path: true },
  configMapGenerator: {
    name: true,
    files: true,
    options: { labels: { "*": true }, disableNameSuffixHash: true },
  },
};

/** Kinds of which no schema is published as a package. */
const TABLES: Readonly<Record<string, KeyTable>> = {
  "kustomize.config.k8s.io/v1beta1/Kustomization": KUSTOMIZATION,
  "kustomize.config.k8s.io/v1alpha1/Component": KUSTOMIZATION,
  "policy.linkerd.io/v1beta3/Server": {
    apiVersion: true,
    kind: true,
    metadata: METADATA,
    spec: {
      podSelector: { matchLabels: { "*": true } },
      port: true,
      proxyProtocol: true,
      accessPolicy: true,
    },
  },
};

export function schemaProblems(object: KubernetesObject): readonly string[] {
  const kind = `${object.apiVersion}/${object.kind}`;
  const table = TABLES[kind];
  if (table !== undefined) return unknownKeys(object, table, kind);
  const model = MODELS[kind];
  if (model === undefined) return [`${kind} is no known kind`];
  try {
    return unreadKeys(object, (watched) => model.prototype.validate.call(watched)).map((line) => `${kind}${line}`);
  } catch (error) {
    return [`${kind}: ${(error as Error).message}`];
  }
}

/** A patch names what it changes and has no more than that, so required keys may be absent. */
export function patchProblems(object: KubernetesObject): readonly string[] {
  const metadata: KeyTable = { annotations: { "*": true }, labels: { "*": true } };
  const table = { apiVersion: true, kind: true, metadata: { name: true }, spec: { template: { metadata } } } as const;
  return unknownKeys(object, table, "patch");
}
