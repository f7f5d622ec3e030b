/**
 * Google Cloud: from the address to the group.
 */

import { formatDuration } from "../../../units.ts";
import type { Deployment } from "../../deployment.ts";
import { seconds, timingsOf } from "../../timings.ts";
import { stopSeconds } from "../machine.ts";

export function balancer(deployment: Deployment): string {
  return [firewall(deployment), backend(deployment), frontend(deployment)].join("\n");
}

function firewall({ name, port, adminPort }: Deployment): string {
  return `resource "google_compute_firewall" "app" {
  name        = "${name}-from-load-balancer"
  network     = var.network
  target_tags = ["${name}"]
  # Google's load balancers and their health checks
  source_ranges = ["130.211.0.0/22", "35.191.0.0/16"]

  allow {
    protocol = "tcp"
    ports    = ["${port}", "${adminPort}"]
  }
}
`;
}

function backend(deployment: Deployment): string {
  const { name, adminPort, idleTimeout, pingInterval } = deployment;
  const { probeInterval, probeTimeout, probeFailures } = timingsOf(deployment);
  return `resource "google_compute_health_check" "ready" {
  name                = "${name}-ready"
  check_interval_sec  = ${seconds(probeInterval)}
  timeout_sec         = ${Math.min(seconds(probeTimeout), seconds(probeInterval))}
  healthy_threshold   = 1
  unhealthy_threshold = ${probeFailures}

  http_health_check {
    port         = ${adminPort}
    request_path = "/readyz"
  }
}

resource "google_compute_backend_service" "app" {
  name                  = "${name}"
  protocol              = "HTTP"
  port_name             = "websocket"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  # New connections go where there are fewest
  locality_lb_policy    = "LEAST_REQUEST"
  # Here the time without traffic, longer than two pings (${formatDuration(pingInterval)}); the default is 30. The classic load
  # balancer (scheme EXTERNAL) would end every connection at that age, busy or not
  timeout_sec                     = ${seconds(idleTimeout)}
  # The machine hears of its end after this, and whoever is still connected is cut off with 1006: connections that end by
  # themselves before (--max-connection-age) do so with 1012
  connection_draining_timeout_sec = ${stopSeconds(deployment)}
  health_checks                   = [google_compute_health_check.ready.id]

  backend {
    group          = google_compute_region_instance_group_manager.app.instance_group
    balancing_mode = "UTILIZATION"
  }
}
`;
}

function frontend(deployment: Deployment): string {
  const { name, publicPort, tls } = deployment;
  const isSecure = tls === "router";
  const proxy = isSecure ? "google_compute_target_https_proxy" : "google_compute_target_http_proxy";
  return `resource "google_compute_url_map" "app" {
  name            = "${name}"
  default_service = google_compute_backend_service.app.id
}

${isSecure ? certificate(deployment) : ""}resource "${proxy}" "app" {
  name    = "${name}"
  url_map = google_compute_url_map.app.id
${isSecure ? "  ssl_certificates = [google_compute_managed_ssl_certificate.app.id]\n" : ""}}

resource "google_compute_global_forwarding_rule" "app" {
  name                  = "${name}"
  target                = ${proxy}.app.id
  port_range            = "${publicPort}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}

output "address" {
  value = google_compute_global_forwarding_rule.app.ip_address
}
`;
}

function certificate({ name, domains }: Deployment): string {
  return `resource "google_compute_managed_ssl_certificate" "app" {
  name = "${name}"

  managed {
    domains = ${JSON.stringify(domains)}
  }
}

`;
}
