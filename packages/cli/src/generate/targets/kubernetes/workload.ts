/**
 * The pods: Deployment, ServiceAccount, and how many of them may be taken away at once.
 */

import { formatDuration } from "../../../units.ts";
import { why } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { engineVariable, fleetOf, heapOption, mebibytes, runEnvironment, SUPERVISOR_MEMORY } from "../../fleet.ts";
import { seconds, timingsOf } from "../../timings.ts";
import { adminName, labelsOf, metadataOf, PORTS, TOKEN_KEY } from "./names.ts";

/** The user `node` of the official images. */
const NODE_USER = 1000;

export function deploymentObject(deployment: Deployment): unknown {
  const { isElastic, min } = fleetOf(deployment);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(deployment),
    spec: {
      // With an autoscaler, a number here would undo its work at every `kubectl apply`
      replicas: isElastic ? undefined : min,
      minReadySeconds: 5,
      revisionHistoryLimit: 5,
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: why(
          { maxUnavailable: 0, maxSurge: "25%" },
          "New pods first: clients of an old one come back at once, and need somewhere to go.",
        ),
      },
      selector: { matchLabels: labelsOf(deployment) },
      template: { metadata: { labels: labelsOf(deployment) }, spec: podSpec(deployment) },
    },
  };
}

function podSpec(deployment: Deployment): unknown {
  const { preStop, notReady, drainWindow, closeTimeout, grace } = deployment;
  const sum = `preStop ${formatDuration(preStop)} + notReady ${formatDuration(notReady)} + drain window ${formatDuration(drainWindow)} + close timeout ${formatDuration(closeTimeout)}`;
  return {
    serviceAccountName: deployment.name,
    automountServiceAccountToken: false,
    enableServiceLinks: why(false, "Otherwise a Service called hawser would set HAWSER_PORT and more."),
    terminationGracePeriodSeconds: why(
      seconds(grace),
      `${sum}, and a margin: whoever is still connected after that is cut off with 1006.`,
    ),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NODE_USER,
      runAsGroup: NODE_USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    topologySpreadConstraints: why(
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: labelsOf(deployment) },
      })),
      "A node that goes away takes the connections of its pods with it: not all pods on one.",
    ),
    containers: [container(deployment)],
    volumes: [{ name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } }],
  };
}

function container(deployment: Deployment): unknown {
  const { name, image, port, adminPort, entry, preStop } = deployment;
  return {
    name,
    image,
    args: [entry],
    ports: [
      { name: PORTS.websocket, containerPort: port },
      { name: PORTS.admin, containerPort: adminPort },
    ],
    env: environment(deployment),
    lifecycle: why(
      { preStop: { sleep: { seconds: seconds(preStop) } } },
      "SIGTERM comes after this sleep: routers learn meanwhile that the pod is going. Needs no shell; Kubernetes 1.30 or newer.",
    ),
    startupProbe: why(
      probe("/livez", { periodSeconds: 1, failureThreshold: 30 }),
      "30 s to start; the others begin after it.",
    ),
    readinessProbe: why(
      readiness(deployment),
      "A pod that stops is found out within notReady, while it still takes connections.",
    ),
    livenessProbe: why(
      probe("/livez", { periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3 }),
      "Slow on purpose: a pause of the garbage collector is no reason to send every client of a pod away. Asks nothing but the supervisor.",
    ),
    resources: resources(deployment),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}

function readiness(deployment: Deployment): unknown {
  const { probeInterval, probeTimeout, probeFailures } = timingsOf(deployment);
  return probe("/readyz", {
    periodSeconds: seconds(probeInterval),
    timeoutSeconds: seconds(probeTimeout),
    failureThreshold: probeFailures,
  });
}

function probe(path: string, times: Readonly<Record<string, number>>): unknown {
  return { httpGet: { path, port: PORTS.admin }, ...times };
}

function environment(deployment: Deployment): readonly unknown[] {
  const variables = {
    ...runEnvironment(deployment, { workers: "1" }),
    NODE_OPTIONS: heapOption(deployment),
  };
  const plain = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const engine = Object.entries(engineVariable(deployment.engine, deployment.engine)).map(([name, value]) =>
    why({ name, value }, "Your engine's Service."),
  );
  const secretKeyRef = { name: adminName(deployment), key: TOKEN_KEY, optional: true };
  return [
    ...plain,
    ...engine,
    why(
      { name: "HAWSER_ADMIN_TOKEN", valueFrom: { secretKeyRef } },
      `For all of the admin endpoint but its probes: kubectl create secret generic ${adminName(deployment)} --from-literal=${TOKEN_KEY}="$(openssl rand -hex 24)"`,
    ),
  ];
}

function resources({ memory }: Deployment): unknown {
  const usual = mebibytes(memory + SUPERVISOR_MEMORY);
  const most = mebibytes(2 * memory + SUPERVISOR_MEMORY);
  return why(
    {
      requests: { cpu: "1", memory: `${usual}Mi` },
      limits: why({ memory: `${most}Mi` }, "Room for a second process while one that grew too large is drained."),
    },
    "One process uses one core. No CPU limit: throttling stalls the event loop, and with it every client.",
  );
}

export function serviceAccount(deployment: Deployment): unknown {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: metadataOf(deployment),
    automountServiceAccountToken: false,
  };
}

export function podDisruptionBudget(deployment: Deployment): unknown {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadataOf(deployment),
    spec: {
      maxUnavailable: why(1, "One pod after the other: each node that is drained sends its clients to the rest."),
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: labelsOf(deployment) },
    },
  };
}
