/** Envoy: a bootstrap file with one listener and one cluster. */

import { why, yamlText } from "../annotated-yaml.ts";
import { allConnections, type Backend, backendsOf } from "../backends.ts";
import { type Deployment, mainDomain } from "../deployment.ts";
import { acmeProblems } from "../edge.ts";
import { APP_ANSWERS, header } from "../header.ts";
import type { Target } from "../target.ts";
import { timingsOf } from "../timings.ts";

export const envoy: Target = {
  name: "envoy",
  summary: "Envoy 1.30 or newer: envoy.yaml",
  generate: (deployment) => [{ path: "envoy.yaml", text: bootstrapText(deployment) }],
  lint: (deployment) => acmeProblems(deployment, "envoy"),
};

const NOTES = [
  "The app believes X-Forwarded-For with trustProxy; Envoy replaces what clients say about their address.",
  APP_ANSWERS,
  "To leave without cutting anybody: POST /drain_listeners?graceful at the admin port, then wait for --drain-time-s.",
];

function bootstrapText(deployment: Deployment): string {
  const { name } = deployment;
  const bootstrap = {
    admin: { address: socketAddress("127.0.0.1", 9901) },
    static_resources: { listeners: [listenerOf(deployment)], clusters: [clusterOf(deployment)] },
  };
  return yamlText(header("envoy", "#", `Envoy for ${name}.`, ...NOTES), bootstrap);
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
      use_remote_address: true,
      skip_xff_append: why(true, "By itself, Envoy writes behind what the client says; below, it is replaced."),
      request_headers_timeout: duration(handshake),
      http2_protocol_options: why({ allow_connect: true }, "WebSocket over HTTP/2 on the clients' side (RFC 8441)."),
      upgrade_configs: [{ upgrade_type: "websocket" }],
      route_config: {
        name,
        ignore_port_in_host_matching: true,
        virtual_hosts: [
          {
            name,
            domains: isEverything ? ["*"] : [...domains],
            ...ADDRESS_HEADERS,
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

/** Nothing that a client says about itself reaches the app. */
const ADDRESS_HEADERS = {
  request_headers_to_add: [
    {
      header: { key: "x-forwarded-for", value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" },
      append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
    },
  ],
  request_headers_to_remove: ["forwarded", "x-forwarded-host"],
};

function routeOf(deployment: Deployment) {
  return {
    match: { prefix: "/" },
    route: {
      cluster: deployment.name,
      timeout: why("0s", "Of the whole answer, which for a WebSocket is its whole life: none."),
      idle_timeout: why(
        duration(timingsOf(deployment).idle),
        `The app pings every ${deployment.pingInterval / 1_000} s: a connection this silent is dead.`,
      ),
      retry_policy: {
        retry_on: "connect-failure,refused-stream,retriable-status-codes",
        retriable_status_codes: [503],
        num_retries: 2,
      },
    },
  };
}

function clusterOf(deployment: Deployment) {
  const { name, listen, hosts } = deployment;
  const timings = timingsOf(deployment);
  const isNamed = listen !== "unix" && hosts.some((host) => !/^[\d.]+$|:/.test(host));
  return {
    name,
    type: isNamed ? "STRICT_DNS" : "STATIC",
    connect_timeout: duration(timings.connect),
    lb_policy: why("LEAST_REQUEST", "A connection is a request that lasts: new ones go where there are fewest."),
    circuit_breakers: { thresholds: [limits(deployment)] },
    health_checks: why(
      [healthCheckOf(deployment)],
      "A process that drains says 503 there and gets no new connections; those it has stay.",
    ),
    ...protocolOptions(deployment),
    ...upstreamSockets(deployment),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: backendsOf(deployment).map(endpointOf) }] },
  };
}

/** The default of 1,024 would be the first limit that anybody meets. */
function limits(deployment: Deployment) {
  const most = allConnections(deployment);
  return { max_connections: most, max_requests: most, max_pending_requests: most };
}

function protocolOptions({ http }: Deployment) {
  if (http === "1.1") return {};
  const key = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const options = { "@type": `${TYPES}.upstreams.http.v3.HttpProtocolOptions` };
  const explicit = { http2_protocol_options: { allow_connect: true } };
  return { typed_extension_protocol_options: { [key]: { ...options, explicit_http_config: explicit } } };
}

/** By these words the health check of an app that ends TLS finds its own socket; clients' bytes are TLS already. */
const HEALTH_CHECK = { purpose: "health-check" };

function healthCheckOf(deployment: Deployment) {
  const { probeInterval, probeTimeout, probeFailures, probeSuccesses } = timingsOf(deployment);
  const { http, tls } = deployment;
  return {
    timeout: duration(probeTimeout),
    interval: duration(probeInterval),
    unhealthy_threshold: probeFailures,
    healthy_threshold: probeSuccesses,
    http_health_check: { path: "/readyz", ...(http === "2" && { codec_client_type: "HTTP2" }) },
    ...(tls === "app" && { transport_socket_match_criteria: HEALTH_CHECK }),
  };
}

function upstreamSockets(deployment: Deployment) {
  const { clientAddress, tls } = deployment;
  if (clientAddress !== "proxy-protocol") return {};
  const raw = socketOf("raw_buffer", "raw_buffer.v3.RawBuffer");
  const secure = socketOf("tls", "tls.v3.UpstreamTlsContext", { sni: mainDomain(deployment) });
  const matches = [{ name: "health-check", match: HEALTH_CHECK, transport_socket: behindProxyHeader(secure) }];
  return {
    ...(tls === "app" && { transport_socket_matches: matches }),
    transport_socket: behindProxyHeader(raw),
  };
}

function behindProxyHeader(socket: object) {
  const options = { config: { version: "V2" }, transport_socket: socket };
  return socketOf("upstream_proxy_protocol", "proxy_protocol.v3.ProxyProtocolUpstreamTransport", options);
}

function socketOf(name: string, type: string, options: object = {}) {
  return {
    name: `envoy.transport_sockets.${name}`,
    typed_config: { "@type": `${TYPES}.transport_sockets.${type}`, ...options },
  };
}

function endpointOf(backend: Backend) {
  const address =
    backend.type === "unix" ? { pipe: { path: backend.path } } : socketAddress(backend.host, backend.port);
  return { endpoint: { address } };
}
