/** Envoy: a bootstrap file with one listener and one cluster. */

import { stringify } from "yaml";
import { type Backend, backendsOf, connectionsOf } from "../backends.ts";
import type { Deployment } from "../deployment.ts";
import { header } from "../header.ts";
import type { Target } from "../target.ts";
import { timingsOf } from "../timings.ts";

export const envoy: Target = {
  name: "envoy",
  summary: "Envoy 1.30 or newer: envoy.yaml",
  generate: (deployment) => [{ path: "envoy.yaml", text: bootstrapText(deployment) }],
  lint: ({ certificate }) =>
    certificate === "acme" ? ["certificate must be a path with envoy, which gets none by itself; got acme."] : [],
};

const NOTES = [
  "The app believes X-Forwarded-For with trustProxy; Envoy replaces what clients say about their address.",
  "To leave without cutting anybody: POST /drain_listeners?graceful at the admin port, then wait for --drain-time-s.",
];

function bootstrapText(deployment: Deployment): string {
  const { name } = deployment;
  const bootstrap = {
    admin: { address: socketAddress("127.0.0.1", 9901) },
    static_resources: { listeners: [listenerOf(deployment)], clusters: [clusterOf(deployment)] },
  };
  return `${header("envoy", "#", `Envoy for ${name}.`, ...NOTES)}${stringify(bootstrap, { lineWidth: 0 })}`;
}

function socketAddress(address: string, port: number) {
  return { socket_address: { address, port_value: port } };
}

function duration(milliseconds: number): string {
  return `${milliseconds / 1_000}s`;
}

const TYPES = "type.googleapis.com/envoy.extensions";

function listenerOf(deployment: Deployment) {
  const { name, publicHost, publicPort, tls } = deployment;
  const filter = tls === "app" ? bytesFilter(deployment) : httpFilter(deployment);
  return {
    name,
    address: socketAddress(publicHost === "*" ? "0.0.0.0" : publicHost, publicPort),
    filter_chains: [{ filters: [filter], ...downstreamTls(deployment) }],
  };
}

function downstreamTls({ tls, certificate }: Deployment) {
  if (tls !== "router" || typeof certificate !== "object") return {};
  const chain = { certificate_chain: { filename: certificate.cert }, private_key: { filename: certificate.key } };
  return {
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        "@type": `${TYPES}.transport_sockets.tls.v3.DownstreamTlsContext`,
        common_tls_context: { alpn_protocols: ["h2", "http/1.1"], tls_certificates: [chain] },
      },
    },
  };
}

function bytesFilter(deployment: Deployment) {
  const { name } = deployment;
  return {
    name: "envoy.filters.network.tcp_proxy",
    typed_config: {
      "@type": `${TYPES}.filters.network.tcp_proxy.v3.TcpProxy`,
      stat_prefix: name,
      cluster: name,
      idle_timeout: duration(timingsOf(deployment).idle),
    },
  };
}

function httpFilter(deployment: Deployment) {
  const { name, domains } = deployment;
  const { handshake } = timingsOf(deployment);
  const isEverything = domains.includes("localhost");
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      "@type": `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: name,
      // What clients say about their address is replaced by what Envoy sees
      use_remote_address: true,
      request_headers_timeout: duration(handshake),
      // WebSocket over HTTP/2 on the clients' side
      http2_protocol_options: { allow_connect: true },
      upgrade_configs: [{ upgrade_type: "websocket" }],
      route_config: {
        name,
        virtual_hosts: [
          {
            name,
            domains: isEverything ? ["*"] : domains.flatMap((one) => [one, `${one}:*`]),
            routes: [routeOf(deployment)],
          },
        ],
      },
      http_filters: [
        {
          name: "envoy.filters.http.router",
          typed_config: { "@type": `${TYPES}.filters.http.router.v3.Router` },
        },
      ],
    },
  };
}

function routeOf(deployment: Deployment) {
  return {
    match: { prefix: "/" },
    route: {
      cluster: deployment.name,
      // Of the whole answer, which for a WebSocket is its whole life: none
      timeout: "0s",
      idle_timeout: duration(timingsOf(deployment).idle),
      retry_policy: {
        retry_on: "connect-failure,refused-stream,retriable-status-codes",
        retriable_status_codes: [503],
        num_retries: 2,
      },
    },
  };
}

function clusterOf(deployment: Deployment) {
  const { name, listen, hosts, http } = deployment;
  const timings = timingsOf(deployment);
  const isNamed = listen !== "unix" && hosts.some((host) => !/^[\d.]+$|:/.test(host));
  return {
    name,
    type: isNamed ? "STRICT_DNS" : "STATIC",
    connect_timeout: duration(timings.connect),
    lb_policy: "LEAST_REQUEST",
    circuit_breakers: { thresholds: [limits(deployment)] },
    health_checks: [
      {
        timeout: duration(timings.probeTimeout),
        interval: duration(timings.probeInterval),
        unhealthy_threshold: timings.probeFailures,
        healthy_threshold: timings.probeSuccesses,
        http_health_check: { path: "/readyz", ...(http === "2" && { codec_client_type: "HTTP2" }) },
      },
    ],
    ...protocolOptions(deployment),
    ...upstreamSocket(deployment),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: backendsOf(deployment).map(endpointOf) }] },
  };
}

/** The default of 1,024 would be the first limit that anybody meets. */
function limits(deployment: Deployment) {
  const most = connectionsOf(deployment) * backendsOf(deployment).length;
  return { max_connections: most, max_requests: most, max_pending_requests: most };
}

function protocolOptions({ http }: Deployment) {
  if (http === "1.1") return {};
  const key = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const options = { "@type": `${TYPES}.upstreams.http.v3.HttpProtocolOptions` };
  const explicit = { http2_protocol_options: { allow_connect: true } };
  return { typed_extension_protocol_options: { [key]: { ...options, explicit_http_config: explicit } } };
}

function upstreamSocket({ clientAddress }: Deployment) {
  if (clientAddress !== "proxy-protocol") return {};
  const raw = {
    name: "envoy.transport_sockets.raw_buffer",
    typed_config: { "@type": `${TYPES}.transport_sockets.raw_buffer.v3.RawBuffer` },
  };
  return {
    transport_socket: {
      name: "envoy.transport_sockets.upstream_proxy_protocol",
      typed_config: {
        "@type": `${TYPES}.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport`,
        config: { version: "V2" },
        transport_socket: raw,
      },
    },
  };
}

function endpointOf(backend: Backend) {
  const address =
    backend.type === "unix" ? { pipe: { path: backend.path } } : socketAddress(backend.host, backend.port);
  return { endpoint: { address } };
}
