/** The keys of Envoy's and Traefik's files that generated ones may have, from their own references. */

import type { Shape } from "./structure.ts";

const NAME = /^[a-z][a-z0-9-]*$/;
const SECONDS = /^\d+(\.\d+)?s$/;
const MILLISECONDS = /^\d+ms$/;
const PATH = /^\//;

function type(name: string): RegExp {
  return new RegExp(`^type\\.googleapis\\.com/envoy\\.extensions\\.${name.replaceAll(".", "\\.")}$`);
}

const SOCKET_ADDRESS: Shape = { socket_address: { address: /^[\w.:-]+$/, port_value: "number" } };

const HTTP_MANAGER: Shape = {
  "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
  stat_prefix: NAME,
  use_remote_address: "boolean",
  skip_xff_append: "boolean",
  request_headers_timeout: SECONDS,
  http2_protocol_options: { allow_connect: "boolean" },
  upgrade_configs: [{ upgrade_type: /^websocket$/ }],
  route_config: {
    name: NAME,
    ignore_port_in_host_matching: "boolean",
    virtual_hosts: [
      {
        name: NAME,
        domains: [/^[\w.*-]+$/],
        request_headers_to_add: [
          {
            header: { key: /^x-forwarded-for$/, value: /^%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%$/ },
            append_action: /^OVERWRITE_IF_EXISTS_OR_ADD$/,
          },
        ],
        request_headers_to_remove: [/^(forwarded|x-forwarded-host)$/],
        routes: [
          {
            match: { prefix: PATH },
            route: {
              cluster: NAME,
              timeout: /^0s$/,
              idle_timeout: SECONDS,
              retry_policy: { retry_on: /^[a-z,-]+$/, retriable_status_codes: ["number"], num_retries: "number" },
            },
          },
        ],
      },
    ],
  },
  http_filters: [
    { name: /^envoy\.filters\.http\.router$/, typed_config: { "@type": type("filters.http.router.v3.Router") } },
  ],
};

const ANY_SOCKET: Shape = {
  name: /^envoy\.transport_sockets\.(tls|upstream_proxy_protocol|raw_buffer)$/,
  typed_config: {
    "@type": /^type\.googleapis\.com\/envoy\.extensions\.transport_sockets\./,
    "common_tls_context?": {
      alpn_protocols: [/^(h2|http\/1\.1)$/],
      tls_certificates: [{ certificate_chain: { filename: PATH }, private_key: { filename: PATH } }],
    },
    "config?": { version: /^V2$/ },
    "transport_socket?": {
      name: /raw_buffer$/,
      typed_config: { "@type": type("transport_sockets.raw_buffer.v3.RawBuffer") },
    },
  },
};

const CLUSTER: Shape = {
  name: NAME,
  type: /^(STATIC|STRICT_DNS)$/,
  connect_timeout: SECONDS,
  lb_policy: /^LEAST_REQUEST$/,
  circuit_breakers: {
    thresholds: [{ max_connections: "number", max_requests: "number", max_pending_requests: "number" }],
  },
  health_checks: [
    {
      timeout: SECONDS,
      interval: SECONDS,
      unhealthy_threshold: "number",
      healthy_threshold: "number",
      http_health_check: { path: /^\/readyz$/, "codec_client_type?": /^HTTP2$/ },
    },
  ],
  "typed_extension_protocol_options?": {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
      "@type": type("upstreams.http.v3.HttpProtocolOptions"),
      explicit_http_config: { http2_protocol_options: { allow_connect: "boolean" } },
    },
  },
  "transport_socket?": ANY_SOCKET,
  load_assignment: {
    cluster_name: NAME,
    endpoints: [
      {
        lb_endpoints: [
          {
            endpoint: {
              address: { "socket_address?": { address: /./, port_value: "number" }, "pipe?": { path: PATH } },
            },
          },
        ],
      },
    ],
  },
};

/** With HTTP; bytes have another filter. */
export const ENVOY: Shape = {
  admin: { address: SOCKET_ADDRESS },
  static_resources: {
    listeners: [
      {
        name: NAME,
        address: SOCKET_ADDRESS,
        filter_chains: [
          {
            filters: [{ name: /^envoy\.filters\.network\.http_connection_manager$/, typed_config: HTTP_MANAGER }],
            "transport_socket?": ANY_SOCKET,
          },
        ],
      },
    ],
    clusters: [CLUSTER],
  },
};

export const TRAEFIK: Shape = {
  entryPoints: {
    clients: {
      address: /^[\d.]*(\[[\w:]+\])?:\d+$/,
      transport: {
        respondingTimeouts: { readTimeout: MILLISECONDS, idleTimeout: MILLISECONDS },
        lifeCycle: { requestAcceptGraceTimeout: MILLISECONDS, graceTimeOut: MILLISECONDS },
      },
    },
  },
  providers: { file: { directory: /^dynamic$/, watch: "boolean" } },
  "certificatesResolvers?": { acme: { acme: { email: /@/, storage: /./, tlsChallenge: {} } } },
};

const SERVICE: Shape = {
  loadBalancer: {
    strategy: /^p2c$/,
    passHostHeader: "boolean",
    serversTransport: NAME,
    healthCheck: { path: /^\/readyz$/, interval: MILLISECONDS, timeout: MILLISECONDS },
    servers: [{ url: /^http:\/\/[\w.:[\]-]+:\d+$/ }],
  },
};

export const TRAEFIK_DYNAMIC: Shape = {
  http: {
    routers: {
      "*": {
        entryPoints: [/^clients$/],
        rule: /^Host\(`/,
        middlewares: [NAME],
        service: NAME,
        "tls?": { "certResolver?": /^acme$/ },
      },
    },
    middlewares: { "*": { headers: { customRequestHeaders: { Forwarded: /^$/ } } } },
    services: { "*": SERVICE },
    serversTransports: { "*": { forwardingTimeouts: { dialTimeout: MILLISECONDS } } },
  },
  "tls?": { certificates: [{ certFile: PATH, keyFile: PATH }] },
};
