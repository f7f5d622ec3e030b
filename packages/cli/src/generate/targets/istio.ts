/**
 * Istio: what a mesh adds to the target kubernetes, as a component of kustomize.
 */

import { formatDuration } from "../../units.ts";
import { why } from "../annotated-yaml.ts";
import type { Deployment } from "../deployment.ts";
import type { GeneratedFile, Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";
import { annotationPatch, componentFiles } from "./kubernetes/kustomize.ts";
import { metadataOf } from "./kubernetes/names.ts";

export const istio: Target = {
  name: "istio",
  summary: "Gateway, VirtualService and DestinationRule of Istio, beside the target kubernetes",
  generate: (deployment) => files(deployment),
};

const NOTE =
  "Beside the target kubernetes: put this folder into components/istio, name it in kustomization.yaml, and leave gateway-api out.";

/** Of the Service of the target kubernetes. */
const SERVICE_PORT = 80;

function files(deployment: Deployment): readonly GeneratedFile[] {
  const resources = {
    "destination-rule.yaml": destinationRule(deployment),
    "gateway.yaml": gateway(deployment),
    "virtual-service.yaml": virtualService(deployment),
  };
  const patch = annotationPatch(deployment, sidecarAnnotations(deployment));
  return componentFiles("istio", NOTE, resources, { "sidecar.yaml": patch });
}

function gateway(deployment: Deployment): unknown {
  const { name, domains, tls, publicPort } = deployment;
  const isSecure = tls === "router";
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: metadataOf(deployment),
    spec: {
      selector: why({ istio: "ingressgateway" }, "The labels of your ingress gateway's pods."),
      servers: [
        {
          port: { number: publicPort, name: isSecure ? "https" : "http", protocol: isSecure ? "HTTPS" : "HTTP" },
          hosts: [...domains],
          tls: isSecure ? { mode: "SIMPLE", credentialName: `${name}-tls` } : undefined,
        },
      ],
    },
  };
}

function virtualService(deployment: Deployment): unknown {
  const { name, domains } = deployment;
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: metadataOf(deployment),
    spec: {
      hosts: [...domains],
      gateways: [name],
      http: [
        {
          route: [{ destination: { host: name, port: { number: SERVICE_PORT } } }],
          timeout: why("0s", "None: a connection is one request that lasts for days."),
          retries: why(
            { attempts: 0 },
            "Clients come back by themselves, with a backoff; the mesh would double their handshakes.",
          ),
        },
      ],
    },
  };
}

function destinationRule(deployment: Deployment): unknown {
  const { name, maxConnections, idleTimeout, pingInterval } = deployment;
  const { connect, probeFailures } = timingsOf(deployment);
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: metadataOf(deployment),
    spec: {
      host: name,
      trafficPolicy: {
        loadBalancer: why(
          { simple: "LEAST_REQUEST" },
          "A connection is a request that lasts: new ones go where there are fewest.",
        ),
        connectionPool: {
          tcp: {
            connectTimeout: `${seconds(connect)}s`,
            idleTimeout: why(`${seconds(idleTimeout)}s`, `Longer than two pings (${formatDuration(pingInterval)}).`),
            maxConnections: why(
              maxConnections,
              "From one sidecar or gateway; the default has no limit, and neither has memory.",
            ),
          },
          http: { h2UpgradePolicy: why("DO_NOT_UPGRADE", "The upgrade is one of HTTP/1.1.") },
        },
        outlierDetection: {
          consecutiveGatewayErrors: probeFailures,
          interval: "5s",
          baseEjectionTime: "10s",
          maxEjectionPercent: why(50, "When all fail, some must stay."),
        },
      },
    },
  };
}

/** The sidecar must outlive the program, and come before it. */
function sidecarAnnotations(deployment: Deployment): Readonly<Record<string, unknown>> {
  const { stop } = timingsOf(deployment);
  const settings = [
    "holdApplicationUntilProxyStarts: true",
    `terminationDrainDuration: ${seconds(deployment.grace)}s`,
    "proxyMetadata:",
    "  EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'true'",
    "  MINIMUM_DRAIN_DURATION: '5s'",
  ];
  return {
    "proxy.istio.io/config": why(
      `${settings.join("\n")}\n`,
      `The sidecar drains for as long as the program may (a stop takes ${seconds(stop)} s), and ends when nobody is connected any more.`,
    ),
    "traffic.sidecar.istio.io/excludeInboundPorts": why(
      String(deployment.adminPort),
      "Probes and Prometheus reach the admin endpoint without the mesh.",
    ),
  };
}
