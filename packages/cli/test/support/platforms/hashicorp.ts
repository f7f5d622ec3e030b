/**
 * HCL: Terraform for Google Cloud and the files of Consul. Parsed by HashiCorp's own parser; keys by hand, since the
 * provider's schema is not to be had without Terraform.
 */

import { parse as parseHcl } from "@cdktf/hcl2json";
import { type Check, differs, holds, idleProblems, milliseconds, stopMilliseconds, textOf } from "./check.ts";
import { unitProblems } from "./cloudformation.ts";
import { EXPORTED_FAMILIES } from "./metric-names.ts";
import { type KeyTable, unknownKeys } from "./strict-keys.ts";

// biome-ignore lint/suspicious/noExplicitAny: parsed HCL, whose keys are checked first
type Tree = any;

const HEALTH_CHECK: KeyTable = {
  name: true,
  check_interval_sec: true,
  timeout_sec: true,
  healthy_threshold: true,
  unhealthy_threshold: true,
  http_health_check: { port: true, request_path: true },
};

const PROXY: KeyTable = { name: true, url_map: true, ssl_certificates: true };

/** Of the Google provider, version 6. */
const RESOURCES: KeyTable = {
  google_compute_instance_template: {
    "*": {
      name_prefix: true,
      machine_type: true,
      tags: true,
      disk: { source_image: true, boot: true },
      network_interface: { network: true, access_config: {} },
      service_account: { scopes: true },
      metadata: { "user-data": true },
      lifecycle: { create_before_destroy: true },
    },
  },
  google_compute_region_instance_group_manager: {
    "*": {
      name: true,
      region: true,
      base_instance_name: true,
      target_size: true,
      version: { instance_template: true },
      named_port: { name: true, port: true },
      auto_healing_policies: { health_check: true, initial_delay_sec: true },
      update_policy: { type: true, minimal_action: true, max_surge_fixed: true, max_unavailable_fixed: true },
    },
  },
  google_compute_health_check: { "*": HEALTH_CHECK },
  google_compute_region_autoscaler: {
    "*": {
      name: true,
      region: true,
      target: true,
      autoscaling_policy: {
        min_replicas: true,
        max_replicas: true,
        cooldown_period: true,
        metric: { name: true, filter: true, single_instance_assignment: true },
        scale_in_control: { max_scaled_in_replicas: { percent: true }, time_window_sec: true },
      },
    },
  },
  google_compute_firewall: {
    "*": { name: true, network: true, target_tags: true, source_ranges: true, allow: { protocol: true, ports: true } },
  },
  google_compute_backend_service: {
    "*": {
      name: true,
      protocol: true,
      port_name: true,
      load_balancing_scheme: true,
      locality_lb_policy: true,
      timeout_sec: true,
      connection_draining_timeout_sec: true,
      health_checks: true,
      backend: { group: true, balancing_mode: true },
    },
  },
  google_compute_url_map: { "*": { name: true, default_service: true } },
  google_compute_managed_ssl_certificate: { "*": { name: true, managed: { domains: true } } },
  google_compute_target_http_proxy: { "*": PROXY },
  google_compute_target_https_proxy: { "*": PROXY },
  google_compute_global_forwarding_rule: {
    "*": { name: true, target: true, port_range: true, load_balancing_scheme: true },
  },
};

const TERRAFORM: KeyTable = {
  terraform: { required_providers: { google: { source: true, version: true } } },
  variable: { "*": { type: true, default: true, sensitive: true } },
  provider: { google: { project: true, region: true } },
  resource: RESOURCES,
  output: { "*": { value: true } },
};

async function parsed(path: string, text: string): Promise<Tree | string> {
  return parseHcl(path, text).catch((error: Error) => error.message);
}

export const checkGcp: Check = async (files, deployment) => {
  const text = textOf(files, "main.tf");
  const tree = await parsed("main.tf", text);
  if (typeof tree === "string") return [tree];
  const keys = unknownKeys(tree, TERRAFORM);
  if (keys.length > 0) return keys;
  const { resource, variable } = tree;
  const [backend] = resource.google_compute_backend_service.app;
  const { ready, alive } = resource.google_compute_health_check;
  const [group] = resource.google_compute_region_instance_group_manager.app;
  const { port, adminPort } = deployment;
  return [
    ...referenceProblems(text, resource, variable),
    ...idleProblems("timeout_sec", backend.timeout_sec * 1_000, deployment),
    ...holds(backend.connection_draining_timeout_sec * 1_000 >= stopMilliseconds(deployment), "draining is too short"),
    ...differs("scheme", backend.load_balancing_scheme, "EXTERNAL_MANAGED"),
    ...differs("port_name", backend.port_name, group.named_port[0].name),
    ...differs("named_port", group.named_port[0].port, port),
    ...[ready[0], alive[0]].flatMap((one) => [
      ...differs("a check's port", one.http_health_check[0].port, adminPort),
      ...holds(one.timeout_sec <= one.check_interval_sec, "a check's timeout must not exceed its interval"),
    ]),
    ...differs("readiness", ready[0].http_health_check[0].request_path, "/readyz"),
    ...differs("liveness", alive[0].http_health_check[0].request_path, "/livez"),
    ...differs("firewall", resource.google_compute_firewall.app[0].allow[0].ports, [String(port), String(adminPort)]),
    ...autoscalerProblems(resource.google_compute_region_autoscaler?.app[0]),
    ...unitProblems(resource.google_compute_instance_template.app[0].metadata["user-data"], deployment),
  ];
};

function referenceProblems(text: string, resource: Tree, variable: Tree): readonly string[] {
  const resources = Array.from(text.matchAll(/\b(google_compute_\w+)\.(\w+)\.\w+/g), ([all, type = "", name = ""]) =>
    holds(resource[type]?.[name] !== undefined, `there is no ${all}`),
  );
  const variables = Array.from(text.matchAll(/\bvar\.(\w+)/g), ([all, name = ""]) =>
    holds(variable[name] !== undefined, `there is no ${all}`),
  );
  return [...resources.flat(), ...variables.flat()];
}

function autoscalerProblems(autoscaler: Tree): readonly string[] {
  if (autoscaler === undefined) return [];
  const [{ metric, min_replicas: min, max_replicas: max }] = autoscaler.autoscaling_policy;
  const family = /^prometheus\.googleapis\.com\/(\w+)\/gauge$/.exec(metric[0].name)?.[1] ?? "";
  return [
    ...holds(EXPORTED_FAMILIES.has(family), `nothing exports ${family}`),
    ...holds(min < max, "min_replicas must be below max_replicas"),
  ];
}

const SERVICE: KeyTable = {
  service: {
    name: true,
    port: true,
    meta: { metrics_port: true },
    checks: { name: true, http: true, interval: true, timeout: true, deregister_critical_service_after: true },
    connect: {
      sidecar_service: { proxy: { config: { max_inbound_connections: true, local_connect_timeout_ms: true } } },
    },
  },
};

const DEFAULTS: KeyTable = {
  Kind: true,
  Name: true,
  Protocol: true,
  LocalConnectTimeoutMs: true,
  MaxInboundConnections: true,
  BalanceInboundConnections: true,
};

const RESOLVER: KeyTable = {
  Kind: true,
  Name: true,
  ConnectTimeout: true,
  LoadBalancer: { Policy: true, LeastRequestConfig: { ChoiceCount: true } },
};

const CONSUL: Readonly<Record<string, KeyTable>> = {
  "service.hcl": SERVICE,
  "service-defaults.hcl": DEFAULTS,
  "service-resolver.hcl": RESOLVER,
};

export const checkConsul: Check = async (files, deployment) => {
  const trees: Tree[] = [];
  const problems: string[] = [];
  for (const [path, table] of Object.entries(CONSUL)) {
    const tree = await parsed(path, textOf(files, path));
    problems.push(...(typeof tree === "string" ? [tree] : unknownKeys(tree, table, path)));
    trees.push(tree);
  }
  if (problems.length > 0) return problems;
  const [{ service }, defaults, resolver] = trees;
  const { name, port, checks } = service[0];
  return [
    ...differs("port", port, deployment.port),
    ...differs("check", checks[0].http, `http://127.0.0.1:${deployment.adminPort}/readyz`),
    ...holds(milliseconds(checks[0].timeout) <= milliseconds(checks[0].interval), "timeout must not exceed interval"),
    ...differs("names", [defaults.Name, resolver.Name], [name, name]),
    ...differs("protocol", defaults.Protocol, "tcp"),
    ...differs("limit", defaults.MaxInboundConnections, deployment.maxConnections),
  ];
};
