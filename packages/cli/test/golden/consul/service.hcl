# Made by hawser generate consul from the section deploy of the configuration: change that, and make this again.
# consul services register service.hcl

service {
  name = "chat"
  port = 8080

  meta = {
    metrics_port = "9464"
  }

  # Sidecars send nobody to an instance that is not ready
  checks = [
    {
      name     = "ready"
      http     = "http://127.0.0.1:9464/readyz"
      interval = "2s"
      timeout  = "2s"
      # An instance that is gone for good leaves the list by itself
      deregister_critical_service_after = "10m"
    },
  ]

  connect {
    sidecar_service {
      proxy {
        config {
          # Of all sidecars, so that one instance is not drowned when others go: 2000 is the target
          max_inbound_connections = 10000
          # The sidecar passes a bare TCP connection on
          local_connect_timeout_ms = 5000
        }
      }
    }
  }
}
