/**
 * Google Cloud: the machines, how they are replaced, and how many there are.
 */

import type { Deployment } from "../../deployment.ts";
import { machinesOf } from "../../fleet.ts";
import { secretsFile, secretsText, unitText, WORKERS_PER_MACHINE } from "../machine.ts";

export function group(deployment: Deployment): string {
  return [template(deployment), manager(deployment), autoscaler(deployment)].filter((part) => part !== "").join("\n");
}

function template(deployment: Deployment): string {
  const { name } = deployment;
  return `resource "google_compute_instance_template" "app" {
  name_prefix  = "${name}-"
  machine_type = "e2-standard-2"
  tags         = ["${name}"]

  disk {
    source_image = "cos-cloud/cos-stable"
    boot         = true
  }

  network_interface {
    network = var.network
    # For pulling images without Cloud NAT
    access_config {}
  }

  service_account {
    scopes = ["cloud-platform"]
  }

  metadata = {
    # One process for each of the machine's ${WORKERS_PER_MACHINE} processors
    user-data = <<-CLOUD
      #cloud-config
      write_files:
        - path: /etc/systemd/system/${name}.service
          permissions: "0644"
          content: |
${indented(unitText(deployment, String(WORKERS_PER_MACHINE)), 12)}
${secretsEntry(deployment)}      runcmd:
        - systemctl daemon-reload
        - systemctl start ${name}.service
    CLOUD
  }

  lifecycle {
    create_before_destroy = true
  }
}
`;
}

/** The placeholder is Terraform's. */
function secretsEntry(deployment: Deployment): string {
  const text = secretsText(deployment, `\${var.engine_url}`);
  if (text === undefined) return "";
  return `        - path: ${secretsFile(deployment)}
          permissions: "0600"
          content: |
            ${text}
`;
}

function indented(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => `${" ".repeat(width)}${line}`.trimEnd())
    .join("\n");
}

/** Seconds for a new machine to pull its image and answer. */
const WARMUP = 120;

function manager(deployment: Deployment): string {
  const { name, port, adminPort } = deployment;
  const { min, isElastic } = machinesOf(deployment, WORKERS_PER_MACHINE);
  return `resource "google_compute_region_instance_group_manager" "app" {
  name               = "${name}"
  region             = var.region
  base_instance_name = "${name}"
${isElastic ? "" : `  target_size        = ${min}\n`}
  version {
    instance_template = google_compute_instance_template.app.id
  }

  named_port {
    name = "websocket"
    port = ${port}
  }

  # Alive, not ready: a machine that drains must not be replaced for it
  auto_healing_policies {
    health_check      = google_compute_health_check.alive.id
    initial_delay_sec = ${WARMUP}
  }

  update_policy {
    type                  = "PROACTIVE"
    minimal_action        = "REPLACE"
    # New machines first, one for each zone at least: clients of an old one come back at once
    max_surge_fixed       = 3
    max_unavailable_fixed = 0
  }
}

resource "google_compute_health_check" "alive" {
  name                = "${name}-alive"
  check_interval_sec  = 10
  timeout_sec         = 2
  unhealthy_threshold = 3

  http_health_check {
    port         = ${adminPort}
    request_path = "/livez"
  }
}
`;
}

function autoscaler(deployment: Deployment): string {
  const { name, connections, metric } = deployment;
  const { min, max, isElastic } = machinesOf(deployment, WORKERS_PER_MACHINE);
  if (!isElastic) return "";
  return `resource "google_compute_region_autoscaler" "app" {
  name   = "${name}"
  region = var.region
  target = google_compute_region_instance_group_manager.app.id

  autoscaling_policy {
    min_replicas    = ${min}
    max_replicas    = ${max}
    cooldown_period = ${WARMUP}

    # All series of the job together; what one machine takes is ${connections} for each of its processes.
    # Prometheus brings the metric: Managed Service for Prometheus, or the Ops Agent of each machine
    metric {
      name                       = "prometheus.googleapis.com/${metric}/gauge"
      filter                     = "resource.type = \\"prometheus_target\\" AND resource.labels.job = \\"${name}\\""
      single_instance_assignment = ${connections * WORKERS_PER_MACHINE}
    }

    # Slowly: every machine that goes sends its clients away
    scale_in_control {
      max_scaled_in_replicas {
        percent = 10
      }
      time_window_sec = 600
    }
  }
}
`;
}
