# Made by hawser generate consul from the section deploy of the configuration: change that, and make this again.
# consul config write service-resolver.hcl

Kind = "service-resolver"
Name = "chat"
# Connections last: new ones go where there are fewest
LoadBalancer = {
  Policy = "least_request"
  LeastRequestConfig = {
    ChoiceCount = 2
  }
}
ConnectTimeout = "5s"
