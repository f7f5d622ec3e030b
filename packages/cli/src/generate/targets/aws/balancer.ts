/**
 * AWS: load balancer, listener, target group, and who reaches whom.
 */

import { formatDuration } from "../../../units.ts";
import { why } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { seconds, timingsOf } from "../../timings.ts";
import { stopSeconds } from "../machine.ts";
import { WATCH_INTERVAL } from "./group.ts";

/** An ALB reads HTTP: it can neither send PROXY headers nor pass TLS on. */
export function isNetworkBalancer({ clientAddress, tls }: Deployment): boolean {
  return clientAddress === "proxy-protocol" || tls === "app";
}

export function balancer(deployment: Deployment): Readonly<Record<string, unknown>> {
  return {
    BalancerSecurityGroup: securityGroup("From everywhere to the load balancer", [
      { IpProtocol: "tcp", FromPort: deployment.publicPort, ToPort: deployment.publicPort, CidrIp: "0.0.0.0/0" },
    ]),
    InstanceSecurityGroup: securityGroup("From the load balancer to the instances", [
      fromBalancer(deployment.port),
      fromBalancer(deployment.adminPort),
    ]),
    LoadBalancer: loadBalancer(deployment),
    Listener: listener(deployment),
    TargetGroup: targetGroup(deployment),
  };
}

function securityGroup(description: string, ingress: readonly unknown[]): unknown {
  return {
    Type: "AWS::EC2::SecurityGroup",
    Properties: { GroupDescription: description, VpcId: { Ref: "Vpc" }, SecurityGroupIngress: ingress },
  };
}

function fromBalancer(port: number): unknown {
  return { IpProtocol: "tcp", FromPort: port, ToPort: port, SourceSecurityGroupId: { Ref: "BalancerSecurityGroup" } };
}

function loadBalancer(deployment: Deployment): unknown {
  const isNetwork = isNetworkBalancer(deployment);
  const idle = why(
    { Key: "idle_timeout.timeout_seconds", Value: String(seconds(deployment.idleTimeout)) },
    `Longer than two pings (${formatDuration(deployment.pingInterval)}); TCP's and HTTP/2's own keepalive does not count here.`,
  );
  return {
    Type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    Properties: {
      Type: isNetwork ? "network" : "application",
      Scheme: "internet-facing",
      Subnets: { Ref: "Subnets" },
      SecurityGroups: [{ Ref: "BalancerSecurityGroup" }],
      LoadBalancerAttributes: isNetwork ? undefined : [idle],
    },
  };
}

function listener(deployment: Deployment): unknown {
  const { tls, publicPort, idleTimeout } = deployment;
  const isNetwork = isNetworkBalancer(deployment);
  const protocols = isNetwork ? { plain: "TCP", secure: "TLS" } : { plain: "HTTP", secure: "HTTPS" };
  const isSecure = tls === "router";
  return {
    Type: "AWS::ElasticLoadBalancingV2::Listener",
    Properties: {
      LoadBalancerArn: { Ref: "LoadBalancer" },
      Port: publicPort,
      Protocol: isSecure ? protocols.secure : protocols.plain,
      Certificates: isSecure ? [{ CertificateArn: { Ref: "Certificate" } }] : undefined,
      SslPolicy: isSecure ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : undefined,
      ListenerAttributes:
        isNetwork && !isSecure ? [{ Key: "tcp.idle_timeout.seconds", Value: String(seconds(idleTimeout)) }] : undefined,
      DefaultActions: [{ Type: "forward", TargetGroupArn: { Ref: "TargetGroup" } }],
    },
  };
}

/** Seconds: the least that load balancers take. */
const SHORTEST_PROBE_INTERVAL = 5;

function targetGroup(deployment: Deployment): unknown {
  const { port, adminPort } = deployment;
  const { probeTimeout, probeFailures } = timingsOf(deployment);
  return {
    Type: "AWS::ElasticLoadBalancingV2::TargetGroup",
    Properties: {
      VpcId: { Ref: "Vpc" },
      TargetType: "instance",
      Protocol: isNetworkBalancer(deployment) ? "TCP" : "HTTP",
      Port: port,
      HealthCheckProtocol: "HTTP",
      HealthCheckPort: why(String(adminPort), "The admin endpoint: all workers of the machine together."),
      HealthCheckPath: "/readyz",
      HealthCheckIntervalSeconds: SHORTEST_PROBE_INTERVAL,
      HealthCheckTimeoutSeconds: Math.max(2, seconds(probeTimeout)),
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: probeFailures,
      TargetGroupAttributes: attributes(deployment),
    },
  };
}

function attributes(deployment: Deployment): readonly unknown[] {
  const isNetwork = isNetworkBalancer(deployment);
  const delay = why(
    { Key: "deregistration_delay.timeout_seconds", Value: String(stopSeconds(deployment) + WATCH_INTERVAL) },
    "As long as a stop takes, and until the machine hears of it: the load balancer cuts nobody off before the server has said goodbye.",
  );
  if (!isNetwork) {
    const algorithm = { Key: "load_balancing.algorithm.type", Value: "least_outstanding_requests" };
    return [delay, why(algorithm, "A connection is a request that lasts: new ones go where there are fewest.")];
  }
  const isProxied = deployment.clientAddress === "proxy-protocol";
  return [
    delay,
    why(
      { Key: "proxy_protocol_v2.enabled", Value: String(isProxied) },
      'The server needs proxyProtocol: "required"; the health check has a port without it.',
    ),
    { Key: "preserve_client_ip.enabled", Value: String(!isProxied) },
  ];
}
