/**
 * AWS: target tracking on connections, by the load balancer's own figures; nothing has to be exported.
 */

import { why } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { machinesOf } from "../../fleet.ts";
import { WORKERS_PER_MACHINE } from "../machine.ts";
import { isNetworkBalancer } from "./balancer.ts";

export function scalingPolicy(deployment: Deployment): Readonly<Record<string, unknown>> {
  if (!machinesOf(deployment, WORKERS_PER_MACHINE).isElastic) return {};
  return {
    ScalingPolicy: {
      Type: "AWS::AutoScaling::ScalingPolicy",
      Properties: {
        AutoScalingGroupName: { Ref: "Group" },
        PolicyType: "TargetTrackingScaling",
        TargetTrackingConfiguration: {
          TargetValue: why(deployment.connections, "Connections of a process; removing machines waits 15 minutes."),
          CustomizedMetricSpecification: { Metrics: metrics(deployment) },
        },
      },
    },
  };
}

function metrics(deployment: Deployment): readonly unknown[] {
  const isNetwork = isNetworkBalancer(deployment);
  const name = isNetwork ? "ActiveFlowCount" : "ActiveConnectionCount";
  const sum = isNetwork
    ? why(`connections / (machines * \${WorkersPerInstance})`, "Connections of a process, on average.")
    : why(
        `connections / 2 / (machines * \${WorkersPerInstance})`,
        "Connections of a process, on average. An ALB counts each twice: with the client, and with the machine.",
      );
  return [
    statistic("connections", {
      Namespace: isNetwork ? "AWS/NetworkELB" : "AWS/ApplicationELB",
      MetricName: name,
      Dimensions: [{ Name: "LoadBalancer", Value: { "Fn::GetAtt": ["LoadBalancer", "LoadBalancerFullName"] } }],
      Stat: isNetwork ? "Average" : "Sum",
    }),
    statistic("machines", {
      Namespace: "AWS/AutoScaling",
      MetricName: "GroupInServiceInstances",
      Dimensions: [{ Name: "AutoScalingGroupName", Value: { Ref: "Group" } }],
      Stat: "Average",
    }),
    { Id: "each", Expression: { "Fn::Sub": sum }, ReturnData: true },
  ];
}

interface Statistic {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly unknown[];
  readonly Stat: string;
}

function statistic(id: string, { Stat, ...metric }: Statistic): unknown {
  return { Id: id, MetricStat: { Metric: metric, Stat }, ReturnData: false };
}
