# Made by hawser generate gcp from the section deploy of the configuration: change that, and make this again.
# terraform init && terraform apply -var project=...

terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0"
    }
  }
}

variable "project" {
  type = string
}

variable "region" {
  type    = string
  default = "europe-west1"
}

variable "network" {
  type    = string
  default = "default"
}

variable "engine_url" {
  type      = string
  sensitive = true
}

provider "google" {
  project = var.project
  region  = var.region
}

resource "google_compute_instance_template" "app" {
  name_prefix  = "chat-"
  machine_type = "e2-standard-2"
  tags         = ["chat"]

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
    # One process for each of the machine's 2 processors
    user-data = <<-CLOUD
      #cloud-config
      write_files:
        - path: /etc/systemd/system/chat.service
          permissions: "0644"
          content: |
            [Unit]
            After=network-online.target docker.service
            Requires=docker.service
            Wants=network-online.target

            [Service]
            ExecStartPre=-/usr/bin/docker rm --force chat
            ExecStartPre=/usr/bin/docker pull chat:latest
            ExecStart=/usr/bin/docker run --rm --name chat --network host --read-only --tmpfs /tmp --cap-drop ALL --ulimit nofile=21024 --stop-timeout 50 --env-file /etc/chat.env --env NODE_ENV=production --env PORT=8080 --env HAWSER_WORKERS=2 --env HAWSER_ADMIN=0.0.0.0:9464 --env HAWSER_NOT_READY=5s --env HAWSER_DRAIN_WINDOW=30s --env HAWSER_GRACE=41s --env HAWSER_MEMORY_LIMIT=512M chat:latest server.js
            ExecStop=/usr/bin/docker stop chat
            # Ports 8080 and 9464; the grace period without preStop, and Docker's own end
            TimeoutStopSec=55
            Restart=always
            RestartSec=1

            [Install]
            WantedBy=multi-user.target
        - path: /etc/chat.env
          permissions: "0600"
          content: |
            REDIS_URL=${var.engine_url}
      runcmd:
        - systemctl daemon-reload
        - systemctl start chat.service
    CLOUD
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_instance_group_manager" "app" {
  name               = "chat"
  region             = var.region
  base_instance_name = "chat"
  target_size        = 2

  version {
    instance_template = google_compute_instance_template.app.id
  }

  named_port {
    name = "websocket"
    port = 8080
  }

  # Alive, not ready: a machine that drains must not be replaced for it
  auto_healing_policies {
    health_check      = google_compute_health_check.alive.id
    initial_delay_sec = 120
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
  name                = "chat-alive"
  check_interval_sec  = 10
  timeout_sec         = 2
  unhealthy_threshold = 3

  http_health_check {
    port         = 9464
    request_path = "/livez"
  }
}

resource "google_compute_firewall" "app" {
  name        = "chat-from-load-balancer"
  network     = var.network
  target_tags = ["chat"]
  # Google's load balancers and their health checks
  source_ranges = ["130.211.0.0/22", "35.191.0.0/16"]

  allow {
    protocol = "tcp"
    ports    = ["8080", "9464"]
  }
}

resource "google_compute_health_check" "ready" {
  name                = "chat-ready"
  check_interval_sec  = 2
  timeout_sec         = 2
  healthy_threshold   = 1
  unhealthy_threshold = 2

  http_health_check {
    port         = 9464
    request_path = "/readyz"
  }
}

resource "google_compute_backend_service" "app" {
  name                  = "chat"
  protocol              = "HTTP"
  port_name             = "websocket"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  # New connections go where there are fewest
  locality_lb_policy    = "LEAST_REQUEST"
  # Here the time without traffic, longer than two pings (20s); the default is 30. The classic load
  # balancer (scheme EXTERNAL) would end every connection at that age, busy or not
  timeout_sec                     = 75
  # The machine hears of its end after this, and whoever is still connected is cut off with 1006: connections that end by
  # themselves before (--max-connection-age) do so with 1012
  connection_draining_timeout_sec = 50
  health_checks                   = [google_compute_health_check.ready.id]

  backend {
    group          = google_compute_region_instance_group_manager.app.instance_group
    balancing_mode = "UTILIZATION"
  }
}

resource "google_compute_url_map" "app" {
  name            = "chat"
  default_service = google_compute_backend_service.app.id
}

resource "google_compute_managed_ssl_certificate" "app" {
  name = "chat"

  managed {
    domains = ["chat.example.org","www.chat.example.org"]
  }
}

resource "google_compute_target_https_proxy" "app" {
  name    = "chat"
  url_map = google_compute_url_map.app.id
  ssl_certificates = [google_compute_managed_ssl_certificate.app.id]
}

resource "google_compute_global_forwarding_rule" "app" {
  name                  = "chat"
  target                = google_compute_target_https_proxy.app.id
  port_range            = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}

output "address" {
  value = google_compute_global_forwarding_rule.app.ip_address
}
