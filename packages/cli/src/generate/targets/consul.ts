/**
 * Consul: a service of machines, and its defaults for the mesh.
 */

import { formatDuration } from "../../units.ts";
import type { Deployment } from "../deployment.ts";
import { portProblems, probeProblems } from "../edge.ts";
import { header } from "../header.ts";
import type { Target } from "../target.ts";
import { seconds, timingsOf } from "../timings.ts";

export const consul: Target = {
  name: "consul",
  summary: "service definition and configuration entries of Consul's mesh",
  generate: (deployment) => [
    { path: "service.hcl", text: service(deployment) },
    { path: "service-defaults.hcl", text: defaults(deployment) },
    { path: "service-resolver.hcl", text: resolver(deployment) },
  ],
  lint: (deployment) => [
    ...portProblems(deployment, "with Consul"),
    ...probeProblems(deployment, "with Consul"),
    ...idleProblems(deployment),
  ],
};

/** Milliseconds: of Envoy's TCP proxy, by which Consul passes connections on. */
const SIDECAR_IDLE = 3_600_000;

function idleProblems({ pingInterval }: Deployment): readonly string[] {
  if (pingInterval * 2 < SIDECAR_IDLE) return [];
  return [
    `pingInterval must be below half of ${formatDuration(SIDECAR_IDLE)} with Consul, whose sidecars end silent connections then; got ${formatDuration(pingInterval)}.`,
  ];
}

function service(deployment: Deployment): string {
  const { name, port, adminPort, connections } = deployment;
  const { probeInterval, probeTimeout } = timingsOf(deployment);
  return `${header("consul", "#", "consul services register service.hcl")}
service {
  name = "${name}"
  port = ${port}

  meta = {
    metrics_port = "${adminPort}"
  }

  # Sidecars send nobody to an instance that is not ready
  checks = [
    {
      name     = "ready"
      http     = "http://127.0.0.1:${adminPort}/readyz"
      interval = "${seconds(probeInterval)}s"
      timeout  = "${seconds(probeTimeout)}s"
      # An instance that is gone for good leaves the list by itself
      deregister_critical_service_after = "10m"
    },
  ]

  connect {
    sidecar_service {
      proxy {
        config {
          # Of all sidecars, so that one instance is not drowned when others go: ${connections} is the target
          max_inbound_connections = ${deployment.maxConnections}
          # The sidecar passes a bare TCP connection on
          local_connect_timeout_ms = ${timingsOf(deployment).connect}
        }
      }
    }
  }
}
`;
}

function defaults(deployment: Deployment): string {
  const { connect } = timingsOf(deployment);
  return `${header("consul", "#", "consul config write service-defaults.hcl")}
Kind = "service-defaults"
Name = "${deployment.name}"
# Not http: Consul passes upgrades from 1.16.1 on, and ends requests after 15 s. TCP has no request timeout; its idle
# timeout of an hour is far above two pings
Protocol = "tcp"
LocalConnectTimeoutMs = ${connect}
MaxInboundConnections = ${deployment.maxConnections}
BalanceInboundConnections = "exact_balance"
`;
}

function resolver({ name }: Deployment): string {
  return `${header("consul", "#", "consul config write service-resolver.hcl")}
Kind = "service-resolver"
Name = "${name}"
# Connections last: new ones go where there are fewest
LoadBalancer = {
  Policy = "least_request"
  LeastRequestConfig = {
    ChoiceCount = 2
  }
}
ConnectTimeout = "5s"
`;
}
