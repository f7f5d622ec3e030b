/**
 * How connections come in: Services, the Gateway API's route, the Ingress for clusters without it, and who may ask what.
 */

import { why } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { seconds } from "../../timings.ts";
import { adminName, labelsOf, metadataOf, PORTS } from "./names.ts";

/** Of the Service, whatever the pods listen on. */
const SERVICE_PORT = 80;

export function service(deployment: Deployment): unknown {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(deployment),
    spec: {
      selector: labelsOf(deployment),
      ports: [
        {
          name: PORTS.websocket,
          port: SERVICE_PORT,
          targetPort: PORTS.websocket,
          appProtocol: why("kubernetes.io/ws", "Tells gateways that this backend takes upgrades (GEP-1911)."),
        },
      ],
    },
  };
}

/** Each pod by itself, for Prometheus. */
export function adminService(deployment: Deployment): unknown {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: adminName(deployment),
      labels: { ...labelsOf(deployment), "app.kubernetes.io/component": "admin" },
    },
    spec: {
      clusterIP: "None",
      publishNotReadyAddresses: why(true, "Pods that drain are the ones whose figures matter."),
      selector: labelsOf(deployment),
      ports: [{ name: PORTS.admin, port: deployment.adminPort, targetPort: PORTS.admin }],
    },
  };
}

export function networkPolicy(deployment: Deployment): unknown {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataOf(deployment),
    spec: {
      podSelector: { matchLabels: labelsOf(deployment) },
      policyTypes: ["Ingress"],
      ingress: [
        { ports: [{ protocol: "TCP", port: PORTS.websocket }] },
        why(
          {
            from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
            ports: [{ protocol: "TCP", port: PORTS.admin }],
          },
          "Where Prometheus runs. The kubelet's probes come from the node, and pass.",
        ),
      ],
    },
  };
}

export function httpRoute(deployment: Deployment): unknown {
  const { name, domains } = deployment;
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: metadataOf(deployment),
    spec: {
      parentRefs: why([{ name: "gateway" }], "The cluster's Gateway; it ends TLS."),
      hostnames: [...domains],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/" } }],
          backendRefs: [{ name, port: SERVICE_PORT }],
          timeouts: why(
            { request: "0s", backendRequest: "0s" },
            "None: a connection is one request that lasts for days. Idle ones live by the server's pings.",
          ),
        },
      ],
    },
  };
}

export function ingress(deployment: Deployment): unknown {
  const { name, domains, tls } = deployment;
  const backend = { service: { name, port: { name: PORTS.websocket } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { ...metadataOf(deployment), annotations: ingressAnnotations(deployment) },
    spec: {
      ingressClassName: why("nginx", "NGINX Ingress Controller of F5; or haproxy, traefik."),
      tls: tls === "router" ? [{ hosts: [...domains], secretName: `${name}-tls` }] : undefined,
      rules: domains.map((host) => ({ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } })),
    },
  };
}

/** All values are texts. Each controller reads its own. */
function ingressAnnotations({ name, idleTimeout, pingInterval }: Deployment): unknown {
  const idle = `${seconds(idleTimeout)}s`;
  return {
    "nginx.org/websocket-services": name,
    "nginx.org/lb-method": why("least_conn", "Round robin would give a new pod no more than its share of new clients."),
    "nginx.org/proxy-read-timeout": why(
      idle,
      `Longer than two pings (${pingInterval / 1_000} s): a connection that is alive never looks idle.`,
    ),
    "nginx.org/proxy-send-timeout": idle,
    "haproxy.org/load-balance": "leastconn",
    "haproxy.org/timeout-tunnel": idle,
    "haproxy.org/forwarded-for": "true",
  };
}
