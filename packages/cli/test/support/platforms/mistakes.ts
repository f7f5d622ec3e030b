/** Mistakes for each target: a broken timeout, a misspelt key, a wrong port, and what else would be found in production only. */

import type { Mutation } from "../mutations.ts";

/** `["what is wrong", "text", "text with the mistake"]`. */
type Row = readonly [mistake: string, from: string | RegExp, to: string];

function rows(...all: readonly Row[]): readonly Mutation[] {
  return all.map(([mistake, from, to]) => ({ mistake, from, to }));
}

/** By target and file. */
export const MISTAKES: Readonly<Record<string, Readonly<Record<string, readonly Mutation[]>>>> = {
  alerts: {
    "alerts.yaml": rows(
      ["a family that nothing exports", "websocket_draining{", "websocket_drains{"],
      ["broken PromQL", "sum by (reason) (", "sum by reason) ("],
      ["a misspelt key", "annotations:", "annotation:"],
      ["an alert within the grace period", /for: 115s/, "for: 30s"],
      ["an unknown severity", "severity: page", "severity: urgent"],
    ),
  },
  aws: {
    "template.yaml": rows(
      ["an idle timeout below two pings", 'Value: "75"', 'Value: "30"'],
      ["a misspelt key", "HealthCheckPath:", "HealthcheckPath:"],
      ["a misspelt key, deep", "HttpTokens:", "HttpToken:"],
      ["a wrong port", "Port: 8080", "Port: 8081"],
      ["a health check on the clients' port", 'HealthCheckPort: "9464"', 'HealthCheckPort: "8080"'],
      ["a reference to nothing", "Ref: LoadBalancer", "Ref: Balancer"],
      ["a missing key", /\n +LoadBalancerArn:\n +Ref: LoadBalancer/, ""],
      ["a text for a number", "HealthyThresholdCount: 2", "HealthyThresholdCount: two"],
      ["a deregistration shorter than a stop", 'Value: "55"', 'Value: "10"'],
      ["a hook shorter than a stop", "HeartbeatTimeout: 80", "HeartbeatTimeout: 8"],
      ["an unknown attribute", "load_balancing.algorithm.type", "load_balancing.algorithm"],
      ["Docker's patience", "--stop-timeout 50", "--stop-timeout 10"],
      ["a script that bash cannot read", "metadata() {", "metadata( {"],
      ["an unknown type", "AWS::EC2::LaunchTemplate", "AWS::EC2::LaunchTemplates"],
    ),
  },
  consul: {
    "service.hcl": rows(
      ["a wrong port", "port = 8080", "port = 8081"],
      ["a check on the clients' port", ":9464/readyz", ":8080/readyz"],
      ["a misspelt key", "deregister_critical_service_after", "deregister_critical_services_after"],
      ["a brace too few", "  connect {", "  connect "],
    ),
    "service-defaults.hcl": rows(
      ["a misspelt key", "MaxInboundConnections", "MaxInboundConnection"],
      ["requests with a timeout", 'Protocol = "tcp"', 'Protocol = "http"'],
    ),
    "service-resolver.hcl": rows(["another service", 'Name = "chat"', 'Name = "chats"']),
  },
  docker: {
    Dockerfile: rows(
      ["a wrong port", "EXPOSE 8080", "EXPOSE 8081"],
      ["a misspelt instruction", "WORKDIR", "WORKDIRECTORY"],
      ["a misspelt flag", "--start-period", "--start-delay"],
      ["no init", '"/usr/bin/tini", "--", ', ""],
      [
        "a shell that keeps SIGTERM",
        'ENTRYPOINT ["/usr/bin/tini", "--", "node_modules/.bin/hawser", "run"]',
        "ENTRYPOINT hawser run",
      ],
    ),
    "compose.yaml": rows(
      ["a grace period shorter than a stop", "stop_grace_period: 50s", "stop_grace_period: 10s"],
      ["a misspelt key", "stop_grace_period", "stop_graceperiod"],
      ["a wrong port", ":8080:8080", ":8080:8081"],
      ["too few descriptors", "nofile: 11024", "nofile: 1024"],
      ["an unknown variable", "HAWSER_DRAIN_WINDOW", "HAWSER_DRAINWINDOW"],
    ),
  },
  fly: {
    "fly.toml": rows(
      ["Fly's own kill_timeout", 'kill_timeout = "50s"', 'kill_timeout = "5s"'],
      ["Fly's own kill_signal", '"SIGTERM"', '"SIGINT"'],
      ["an idle timeout below two pings", "idle_timeout = 75", "idle_timeout = 30"],
      ["a misspelt key", "soft_limit", "softlimit"],
      ["a wrong port", "internal_port = 8080", "internal_port = 8081"],
      ["requests instead of connections", 'type = "connections"', 'type = "requests"'],
      ["an unknown path", "/readyz", "/ready"],
    ),
  },
  gcp: {
    "main.tf": rows(
      ["the default timeout", "timeout_sec                     = 75", "timeout_sec = 30"],
      ["a misspelt key", "locality_lb_policy", "locality_lb_policies"],
      ["a wrong port", "port = 8080", "port = 8081"],
      ["a check on the clients' port", "port         = 9464", "port         = 8080"],
      ["a draining shorter than a stop", "connection_draining_timeout_sec = 50", "connection_draining_timeout_sec = 5"],
      ["a reference to nothing", "google_compute_health_check.ready.id", "google_compute_health_check.readyz.id"],
      ["a brace too few", 'resource "google_compute_url_map" "app" {', 'resource "google_compute_url_map" "app"'],
      ["a metric that nothing exports", "websocket_connections_active", "websocket_connections"],
      ["the classic load balancer", '"EXTERNAL_MANAGED"', '"EXTERNAL"'],
    ),
  },
  grafana: {
    "dashboard.json": rows(
      ["a family that nothing exports", "websocket_messages_total", "websocket_message_total"],
      ["a misspelt key", '"legendFormat"', '"legend"'],
      ["broken PromQL", "sum by (direction) (rate(", "sum by (direction) rate("],
      ["two panels with one id", '"id": 2,', '"id": 1,'],
    ),
  },
  heroku: {
    "app.json": rows(
      ["a window that Heroku does not wait for", '"18s"', '"60s"'],
      ["a misspelt key", '"quantity"', '"count"'],
      ["a wrong port", "0.0.0.0:9464", "0.0.0.0:9465"],
    ),
    Procfile: rows(["another program", "server.js", "index.js"]),
  },
  istio: {
    "destination-rule.yaml": rows(
      ["an idle timeout below two pings", "idleTimeout: 75s", "idleTimeout: 30s"],
      ["a misspelt key", "connectionPool", "connectionPools"],
      ["an unknown value", "LEAST_REQUEST", "LEAST_CONN_"],
      ["another host", "host: chat", "host: chats"],
    ),
    "virtual-service.yaml": rows(
      ["a request timeout", "timeout: 0s", "timeout: 15s"],
      ["a misspelt key", "attempts", "attempt"],
      ["another gateway", "gateways: [chat]", "gateways: [gateway]"],
    ),
    "sidecar.yaml": rows(
      ["a sidecar that ends early", "terminationDrainDuration: 55s", "terminationDrainDuration: 5s"],
      ["a wrong port", '"9464"', '"9465"'],
    ),
    "kustomization.yaml": rows(["a file that is not there", "gateway.yaml", "gateways.yaml"]),
  },
  koyeb: {
    "koyeb.sh": rows(
      ["a wrong port", "--ports '8080:http'", "--ports '8081:http'"],
      ["a misspelt flag", "--min-scale", "--scale-min"],
      ["an unknown path", "/readyz", "/ready"],
      ["a quote too few", "'chat:latest'", "'chat:latest"],
      ["a worker that is killed too late", "HAWSER_GRACE=41s", "HAWSER_GRACE=90s"],
    ),
  },
  kubernetes: {
    "base/deployment.yaml": rows(
      ["a grace period shorter than a stop", "terminationGracePeriodSeconds: 55", "terminationGracePeriodSeconds: 30"],
      ["a misspelt key", "livenessProbe", "livenesProbe"],
      ["a misspelt key, deep", "periodSeconds: 2", "periodSecond: 2"],
      ["a wrong port", "containerPort: 8080", "containerPort: 8081"],
      ["a port of no name", /port: admin/, "port: probes"],
      ["an unknown path", "path: /readyz", "path: /ready"],
      ["liveness by readiness", /path: \/livez(?![\s\S]*\/livez)/, "path: /readyz"],
      ["a nervous liveness probe", "periodSeconds: 10", "periodSeconds: 1"],
      ["a readiness that is noticed too late", "periodSeconds: 2", "periodSeconds: 20"],
      ["a CPU limit", /limits:\n/, 'limits:\n              cpu: "1"\n'],
      [
        "labels that nothing selects",
        /template:\n {4}metadata:\n {6}labels:\n {8}app.kubernetes.io\/name: chat/,
        "template:\n    metadata:\n      labels:\n        app.kubernetes.io/name: chats",
      ],
      ["a text for a number", "seconds: 5", "seconds: five"],
    ),
    "base/service.yaml": rows(
      ["a port of no name", "targetPort: websocket", "targetPort: ws"],
      [
        "another selector",
        "selector:\n    app.kubernetes.io/name: chat",
        "selector:\n    app.kubernetes.io/name: chats",
      ],
      ["a misspelt key", "appProtocol", "appProtocols"],
    ),
    "base/pod-disruption-budget.yaml": rows(
      ["all replicas at once", "maxUnavailable: 1", "maxUnavailable: 2"],
      ["a misspelt key", "unhealthyPodEvictionPolicy", "unhealthyPodsEvictionPolicy"],
    ),
    "base/network-policy.yaml": rows(["a port of no name", "port: admin", "port: metrics"]),
    "components/hpa/horizontal-pod-autoscaler.yaml": rows(
      ["a metric that nothing exports", "websocket_connections_active", "websocket_connections"],
      ["another Deployment", /name: chat\n {2}minReplicas/, "name: chats\n  minReplicas"],
      ["a misspelt key", "averageValue:", "averageValues:"],
      ["scaling down fast", "stabilizationWindowSeconds: 600", "stabilizationWindowSeconds: 0"],
    ),
    "components/keda/scaled-object.yaml": rows(
      ["a metric that nothing exports", "websocket_connections_active", "websocket_connections"],
      ["a misspelt key", "minReplicaCount", "minReplicas"],
    ),
    "components/gateway-api/httproute.yaml": rows(
      ["a wrong port", "port: 80", "port: 8080"],
      ["a request timeout", "request: 0s", "request: 15s"],
      ["a misspelt key", "backendRefs", "backendRef"],
    ),
    "components/ingress/ingress.yaml": rows(
      ["an idle timeout below two pings", "proxy-read-timeout: 75s", "proxy-read-timeout: 30s"],
      ["a misspelt key", "pathType", "pathtype"],
    ),
    "components/monitoring/service-monitor.yaml": rows(
      ["a port of no name", "port: admin", "port: metrics"],
      ["an unknown path", "path: /metrics", "path: /metric"],
      ["a Service of no such label", "component: admin", "component: metrics"],
    ),
    "kustomization.yaml": rows(
      ["a folder that is not there", "components/gateway-api", "components/gateway"],
      ["two autoscalers", "- components/hpa", "- components/hpa\n  - components/keda"],
    ),
  },
  linkerd: {
    "proxy.yaml": rows(
      ["a proxy that ends early", "shutdown-grace-period: 50s", "shutdown-grace-period: 5s"],
      ["a misspelt annotation", "skip-inbound-ports", "skip-inbound-port"],
      ["a wrong port", '"9464"', '"9465"'],
    ),
    "server.yaml": rows(
      ["a misspelt key", "proxyProtocol", "proxyProtocols"],
      ["a port of no name", "port: websocket", "port: ws"],
    ),
  },
  render: {
    "render.yaml": rows(
      ["Render's own delay", "maxShutdownDelaySeconds: 50", "maxShutdownDelaySeconds: 30"],
      ["a misspelt key", "healthCheckPath", "healthcheckPath"],
      ["an unknown path", "/readyz", "/ready"],
      ["a wrong port", 'value: "8080"', 'value: "8081"'],
      ["a shell that keeps SIGTERM", "exec node_modules", "node_modules"],
    ),
  },
};
