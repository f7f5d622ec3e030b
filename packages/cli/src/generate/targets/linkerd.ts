/**
 * Linkerd: what a mesh adds to the target kubernetes, as a component of kustomize.
 */

import { why } from "../annotated-yaml.ts";
import type { Deployment } from "../deployment.ts";
import { edgeProblems } from "../edge.ts";
import type { Target } from "../target.ts";
import { seconds } from "../timings.ts";
import { annotationPatch, componentFiles } from "./kubernetes/kustomize.ts";
import { labelsOf, metadataOf, PORTS } from "./kubernetes/names.ts";

export const linkerd: Target = {
  name: "linkerd",
  summary: "annotations and a Server of Linkerd, beside the target kubernetes",
  lint: (deployment) => edgeProblems(deployment, "with Linkerd"),
  generate(deployment) {
    const patches = { "proxy.yaml": annotationPatch(deployment, annotations(deployment)) };
    return componentFiles("linkerd", NOTE, { "server.yaml": server(deployment) }, patches);
  },
};

const NOTE =
  "Beside the target kubernetes: put this folder into components/linkerd, and name it in kustomization.yaml.";

function annotations(deployment: Deployment): Readonly<Record<string, unknown>> {
  const { adminPort, grace, preStop } = deployment;
  return {
    "linkerd.io/inject": "enabled",
    "config.beta.linkerd.io/proxy-enable-native-sidecar": why(
      "true",
      "A sidecar of the cluster's own: it ends after the program, whose goodbyes it carries. Kubernetes 1.29 or newer.",
    ),
    "config.linkerd.io/shutdown-grace-period": why(
      `${seconds(grace - preStop)}s`,
      "As long as a stop takes: after it, the proxy would cut connections that still say goodbye.",
    ),
    "config.linkerd.io/skip-inbound-ports": why(
      String(adminPort),
      "Probes and Prometheus reach the admin endpoint without the mesh.",
    ),
  };
}

function server(deployment: Deployment): unknown {
  return {
    apiVersion: "policy.linkerd.io/v1beta3",
    kind: "Server",
    metadata: metadataOf(deployment),
    spec: {
      podSelector: { matchLabels: labelsOf(deployment) },
      port: PORTS.websocket,
      proxyProtocol: why("HTTP/1", "Known beforehand: the proxy need not wait for the first bytes. Upgrades pass."),
      accessPolicy: why("all-unauthenticated", "From routers outside the mesh, too."),
    },
  };
}
