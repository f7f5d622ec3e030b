/**
 * The files of the target kubernetes and of the meshes beside it: schemas, and whether they agree with one another.
 */

import { parse } from "yaml";
import { fleetOf } from "../../../src/generate/fleet.ts";
import type { GeneratedFile } from "../../../src/generate/target.ts";
import { type Check, differs, environmentProblems, holds, idleProblems, milliseconds, textOf } from "./check.ts";
import { type KubernetesObject, patchProblems, schemaProblems } from "./kubernetes-schemas.ts";
import { EXPORTED_FAMILIES } from "./metric-names.ts";
import { dashboardProblems, expressionProblems, ruleProblems } from "./prometheus.ts";

// biome-ignore lint/suspicious/noExplicitAny: parsed YAML, whose shape the schemas have held
type Tree = any;

interface Objects {
  readonly all: readonly KubernetesObject[];
  of(kind: string): readonly Tree[];
}

function objectsOf(files: readonly GeneratedFile[]): Objects {
  const manifests = files.filter(({ path }) => path.endsWith(".yaml") && !path.endsWith("-values.yaml"));
  const all = manifests.map(({ text }) => parse(text) as KubernetesObject);
  return { all, of: (kind) => all.filter((one) => one.kind === kind) };
}

export const checkKubernetes: Check = (files, deployment) => {
  const objects = objectsOf(files);
  const schema = objects.all.flatMap(schemaProblems);
  if (schema.length > 0) return schema;
  return [
    ...kustomizeProblems(files),
    ...labelProblems(objects),
    ...portProblems(objects, deployment.port, deployment.adminPort),
    ...probeProblems(objects),
    ...stopProblems(objects, deployment),
    ...resourceProblems(objects),
    ...scalingProblems(objects, deployment.connections),
    ...routeProblems(objects),
    ...objects
      .of("Ingress")
      .flatMap(({ metadata }) =>
        ["nginx.org/proxy-read-timeout", "nginx.org/proxy-send-timeout", "haproxy.org/timeout-tunnel"].flatMap((name) =>
          idleProblems(name, milliseconds(metadata.annotations[name]), deployment),
        ),
      ),
    ...objects.of("PrometheusRule").flatMap(({ spec }) => ruleProblems(spec)),
    ...dashboardProblems(textOf(files, "components/monitoring/dashboard.json")),
  ];
};

/** Every file is named by the kustomization beside it, and nothing else is. */
function kustomizeProblems(files: readonly GeneratedFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const lists = files.filter(({ path }) => path.endsWith("kustomization.yaml"));
  const named = lists.flatMap(({ path, text }) => {
    const folder = path.slice(0, -"kustomization.yaml".length);
    const { resources = [], components = [], patches = [], configMapGenerator = [] } = parse(text) as Tree;
    const generated = configMapGenerator.flatMap((one: Tree) => one.files);
    const own = [...resources, ...components, ...patches.map((one: Tree) => one.path), ...generated];
    return own.map((one: string) => `${folder}${one}`);
  });
  const isThere = (path: string) => paths.has(path) || paths.has(`${path}/kustomization.yaml`);
  const chosen = named.filter((path) => /^components\/(?:hpa|keda)$/.test(path));
  return [
    ...named.flatMap((path) => holds(isThere(path), `${path} is named and not there`)),
    ...[...paths]
      .filter((path) => !path.endsWith("kustomization.yaml") && !path.endsWith("-values.yaml"))
      .flatMap((path) => holds(named.includes(path), `${path} is in no kustomization`)),
    ...holds(chosen.length < 2, "two autoscalers are chosen"),
  ];
}

function labelProblems(objects: Objects): readonly string[] {
  const [{ metadata, spec }] = objects.of("Deployment");
  const pod = spec.template.metadata.labels;
  const selectors: readonly (readonly [what: string, labels: Tree, of: Tree])[] = [
    ["Deployment", spec.selector.matchLabels, pod],
    ...objects.of("Service").map((one) => [`Service ${one.metadata.name}`, one.spec.selector, pod] as const),
    ...objects.of("PodDisruptionBudget").map((one) => ["budget", one.spec.selector.matchLabels, pod] as const),
    ...objects.of("NetworkPolicy").map((one) => ["policy", one.spec.podSelector.matchLabels, pod] as const),
  ];
  const services = objects.of("Service").map((one) => one.metadata.labels);
  const monitors = objects.of("ServiceMonitor").map((one) => one.spec.selector.matchLabels);
  const accounts = objects.of("ServiceAccount").map((one) => one.metadata.name);
  const targets = [...objects.of("HorizontalPodAutoscaler"), ...objects.of("ScaledObject")];
  return [
    ...selectors.flatMap(([what, labels, of]) => holds(selects(labels, of), `${what} selects other pods`)),
    ...monitors.flatMap((labels) =>
      holds(services.filter((of) => selects(labels, of)).length === 1, "the monitor must select one Service"),
    ),
    ...holds(accounts.includes(spec.template.spec.serviceAccountName), "there is no such ServiceAccount"),
    ...targets.flatMap((one) => differs("scaleTargetRef", one.spec.scaleTargetRef.name, metadata.name)),
  ];
}

function selects(selector: object, labels: Tree): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function portProblems(objects: Objects, port: number, adminPort: number): readonly string[] {
  const [container] = objects.of("Deployment")[0].spec.template.spec.containers;
  const ports = new Map<string, number>(container.ports.map((one: Tree) => [one.name, one.containerPort]));
  const probes = ["startupProbe", "readinessProbe", "livenessProbe"].map((name) => container[name].httpGet.port);
  const services = objects.of("Service").flatMap((one) => one.spec.ports.map((each: Tree) => each.targetPort));
  const policies = objects
    .of("NetworkPolicy")
    .flatMap((one) => one.spec.ingress.flatMap((rule: Tree) => rule.ports.map((each: Tree) => each.port)));
  const monitors = objects.of("ServiceMonitor").flatMap((one) => one.spec.endpoints.map((each: Tree) => each.port));
  const named = [...probes, ...services, ...policies, ...monitors];
  return [
    ...differs("the container's port", ports.get("websocket"), port),
    ...differs("the container's admin port", ports.get("admin"), adminPort),
    ...named.flatMap((name) => holds(ports.has(name), `no port is called ${name}`)),
    ...[...probes, ...monitors].flatMap((name) => differs("a probe's port", name, "admin")),
  ];
}

function probeProblems(objects: Objects): readonly string[] {
  const [{ startupProbe, readinessProbe, livenessProbe }] = objects.of("Deployment")[0].spec.template.spec.containers;
  const patience = livenessProbe.periodSeconds * livenessProbe.failureThreshold;
  return [
    ...differs("startup", startupProbe.httpGet.path, "/livez"),
    ...differs("readiness", readinessProbe.httpGet.path, "/readyz"),
    ...differs("liveness", livenessProbe.httpGet.path, "/livez"),
    ...holds(patience >= 20, `liveness must wait for 20 s before it restarts a pod, got ${patience} s`),
    ...objects.of("ServiceMonitor").flatMap(({ spec }) => differs("metrics", spec.endpoints[0].path, "/metrics")),
  ];
}

function stopProblems(objects: Objects, deployment: Parameters<Check>[1]): readonly string[] {
  const { spec } = objects.of("Deployment")[0].spec.template;
  const [{ env, lifecycle, readinessProbe }] = spec.containers;
  const variables: Tree = Object.fromEntries(env.map((one: Tree) => [one.name, one.value ?? "secret"]));
  const sleep = (lifecycle?.preStop.sleep.seconds ?? 0) * 1_000;
  const noticed = readinessProbe.periodSeconds * readinessProbe.failureThreshold * 1_000;
  const { notReady } = deployment;
  return [
    ...holds(sleep >= deployment.preStop, `preStop must be ${deployment.preStop} ms, got ${sleep}`),
    ...environmentProblems(variables, deployment, spec.terminationGracePeriodSeconds * 1_000 - sleep),
    ...holds(notReady === 0 || noticed <= notReady, `readiness must be noticed within ${notReady} ms, got ${noticed}`),
  ];
}

function resourceProblems(objects: Objects): readonly string[] {
  const [{ resources, securityContext }] = objects.of("Deployment")[0].spec.template.spec.containers;
  return [
    ...holds(resources.limits.cpu === undefined, "a CPU limit stalls the event loop"),
    ...differs("CPU", resources.requests.cpu, "1"),
    ...holds(Number.parseInt(resources.limits.memory, 10) > Number.parseInt(resources.requests.memory, 10), "memory"),
    ...differs("privileges", securityContext.allowPrivilegeEscalation, false),
  ];
}

function scalingProblems(objects: Objects, connections: number): readonly string[] {
  const [autoscaler] = objects.of("HorizontalPodAutoscaler");
  const [budget] = objects.of("PodDisruptionBudget");
  const least = autoscaler?.spec.minReplicas ?? objects.of("Deployment")[0].spec.replicas;
  return [
    ...holds(least === 1 || budget.spec.maxUnavailable < least, "the budget lets all replicas go at once"),
    ...holds((autoscaler === undefined) === (objects.of("Deployment")[0].spec.replicas !== undefined), "replicas"),
    ...(autoscaler === undefined ? [] : autoscalerProblems(autoscaler.spec, connections)),
    ...objects
      .of("ScaledObject")
      .flatMap(({ spec }) => [
        ...differs("threshold", spec.triggers[0].metadata.threshold, String(connections)),
        ...expressionProblems(spec.triggers[0].metadata.query),
      ]),
  ];
}

function autoscalerProblems(spec: Tree, connections: number): readonly string[] {
  const { metric, target } = spec.metrics.find((one: Tree) => one.type === "Pods").pods;
  return [
    ...holds(EXPORTED_FAMILIES.has(metric.name), `nothing exports ${metric.name}`),
    ...differs("connections", target.averageValue, String(connections)),
    ...holds(spec.minReplicas < spec.maxReplicas, "minReplicas must be below maxReplicas"),
    ...holds(spec.behavior.scaleDown.stabilizationWindowSeconds >= 300, "scaling down must be slow"),
  ];
}

function routeProblems(objects: Objects): readonly string[] {
  const services = new Map(objects.of("Service").map((one) => [one.metadata.name, one.spec.ports]));
  const backends = objects.of("HTTPRoute").flatMap(({ spec }) => spec.rules.flatMap((rule: Tree) => rule.backendRefs));
  const paths = objects.of("Ingress").flatMap(({ spec }) => spec.rules.flatMap((rule: Tree) => rule.http.paths));
  return [
    ...backends.flatMap((one) =>
      holds(
        services.get(one.name)?.some((each: Tree) => each.port === one.port),
        `no Service ${one.name}:${one.port}`,
      ),
    ),
    ...paths.flatMap(({ backend: { service } }) =>
      holds(
        services.get(service.name)?.some((each: Tree) => each.name === service.port.name),
        "no such Service",
      ),
    ),
    ...objects.of("HTTPRoute").flatMap(({ spec }) => differs("timeouts", spec.rules[0].timeouts.request, "0s")),
  ];
}

export const checkIstio: Check = (files, deployment) => {
  const objects = objectsOf(files);
  const [patch] = objects.of("Deployment");
  const schema = [...objects.all.filter((one) => one !== patch).flatMap(schemaProblems), ...patchProblems(patch)];
  if (schema.length > 0) return schema;
  const { annotations } = patch.spec.template.metadata;
  const sidecar = parse(annotations["proxy.istio.io/config"]) as Tree;
  const [{ spec }] = objects.of("DestinationRule");
  const [route] = objects.of("VirtualService")[0].spec.http;
  return [
    ...kustomizeProblems(files),
    ...idleProblems("idleTimeout", milliseconds(spec.trafficPolicy.connectionPool.tcp.idleTimeout), deployment),
    ...differs(
      "connections",
      spec.trafficPolicy.connectionPool.tcp.maxConnections,
      deployment.maxConnections * fleetOf(deployment).max,
    ),
    ...differs("timeout", route.timeout, "0s"),
    ...differs("gateway", objects.of("VirtualService")[0].spec.gateways, [objects.of("Gateway")[0].metadata.name]),
    ...differs("host", route.route[0].destination.host, spec.host),
    ...holds(milliseconds(sidecar.terminationDrainDuration) >= deployment.grace, "the sidecar ends before the program"),
    ...differs("skipped", annotations["traffic.sidecar.istio.io/excludeInboundPorts"], String(deployment.adminPort)),
  ];
};

export const checkLinkerd: Check = (files, deployment) => {
  const objects = objectsOf(files);
  const [patch] = objects.of("Deployment");
  const [server] = objects.of("Server");
  const schema = [...objects.all.filter((one) => one !== patch).flatMap(schemaProblems), ...patchProblems(patch)];
  if (schema.length > 0) return schema;
  const { annotations } = patch.spec.template.metadata;
  const grace = milliseconds(annotations["config.linkerd.io/shutdown-grace-period"]);
  return [
    ...kustomizeProblems(files),
    ...Object.keys(annotations).flatMap((name) => holds(LINKERD.has(name), `${name} is no annotation of Linkerd`)),
    ...holds(grace >= deployment.grace - deployment.preStop, "the proxy ends before the program"),
    ...differs("skipped", annotations["config.linkerd.io/skip-inbound-ports"], String(deployment.adminPort)),
    ...differs("port", server.spec.port, "websocket"),
    ...differs("protocol", server.spec.proxyProtocol, "HTTP/1"),
  ];
};

const LINKERD: ReadonlySet<string> = new Set([
  "linkerd.io/inject",
  "config.beta.linkerd.io/proxy-enable-native-sidecar",
  "config.linkerd.io/shutdown-grace-period",
  "config.linkerd.io/skip-inbound-ports",
]);
