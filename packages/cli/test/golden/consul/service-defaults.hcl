# Made by hawser generate consul from the section deploy of the configuration: change that, and make this again.
# consul config write service-defaults.hcl

Kind = "service-defaults"
Name = "chat"
# Not http: Consul passes upgrades from 1.16.1 on, and ends requests after 15 s. TCP has no request timeout; its idle
# timeout of an hour is far above two pings
Protocol = "tcp"
LocalConnectTimeoutMs = 5000
MaxInboundConnections = 10000
BalanceInboundConnections = "exact_balance"
