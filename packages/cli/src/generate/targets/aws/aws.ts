/**
 * AWS: an Auto Scaling group behind an ALB, or behind an NLB where the address comes by the PROXY protocol or the app ends TLS.
 */

import { formatDuration } from "../../../units.ts";
import { yamlText } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { portProblems } from "../../edge.ts";
import { header } from "../../header.ts";
import type { Target } from "../../target.ts";
import { WORKERS_PER_MACHINE } from "../machine.ts";
import { balancer, deregistrationDelay, isNetworkBalancer } from "./balancer.ts";
import { group, WATCH_INTERVAL } from "./group.ts";
import { scalingPolicy } from "./scaling.ts";

/** Seconds: what the load balancers take. */
const LONGEST_IDLE = { application: 4_000, network: 6_000 } as const;
const SHORTEST_NETWORK_IDLE = 60;
const LONGEST_DEREGISTRATION = 3_600;

export const aws: Target = {
  name: "aws",
  summary: "a CloudFormation template: Auto Scaling group, ALB or NLB, target tracking on connections",
  generate: (deployment) => [{ path: "template.yaml", text: template(deployment) }],
  lint: (deployment) => [
    ...portProblems(deployment, "on AWS"),
    ...idleProblems(deployment),
    ...pingProblems(deployment),
    ...stopProblems(deployment),
  ],
};

/** Milliseconds: of an NLB that ends TLS, whatever is asked for. */
const FIXED_TLS_IDLE = 350_000;

function pingProblems(deployment: Deployment): readonly string[] {
  const { tls, pingInterval } = deployment;
  if (!isNetworkBalancer(deployment) || tls !== "router" || pingInterval * 2 < FIXED_TLS_IDLE) return [];
  return [
    `pingInterval must be below half of ${FIXED_TLS_IDLE / 1_000}s for an NLB that ends TLS, which cannot wait longer; got ${formatDuration(pingInterval)}.`,
  ];
}

function stopProblems(deployment: Deployment): readonly string[] {
  const needed = deregistrationDelay(deployment);
  if (needed <= LONGEST_DEREGISTRATION) return [];
  return [
    `grace without preStop must be at most ${LONGEST_DEREGISTRATION - WATCH_INTERVAL}s on AWS, the longest deregistration delay; got ${needed - WATCH_INTERVAL}s.`,
  ];
}

function idleProblems(deployment: Deployment): readonly string[] {
  const isNetwork = isNetworkBalancer(deployment);
  const [least, most] = isNetwork ? [SHORTEST_NETWORK_IDLE, LONGEST_IDLE.network] : [1, LONGEST_IDLE.application];
  const idle = deployment.idleTimeout / 1_000;
  if (idle >= least && idle <= most) return [];
  const kind = isNetwork ? "an NLB" : "an ALB";
  return [`idleTimeout must be from ${least}s to ${most}s for ${kind}, got ${idle}s.`];
}

function template(deployment: Deployment): string {
  const kind = isNetworkBalancer(deployment) ? "network" : "application";
  const head = header(
    "aws",
    "#",
    `aws cloudformation deploy --template-file template.yaml --stack-name ${deployment.name} \\`,
    "  --capabilities CAPABILITY_IAM --parameter-overrides Vpc=... Subnets=...,...",
  );
  return yamlText(head, {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `${deployment.name}: an Auto Scaling group behind ${kind === "network" ? "a" : "an"} ${kind} load balancer`,
    Parameters: parameters(deployment),
    Resources: { ...balancer(deployment), ...group(deployment), ...scalingPolicy(deployment) },
    Outputs: { Address: { Value: { "Fn::GetAtt": ["LoadBalancer", "DNSName"] } } },
  });
}

function parameters({ tls, engine }: Deployment): unknown {
  return {
    Vpc: { Type: "AWS::EC2::VPC::Id" },
    Subnets: { Type: "List<AWS::EC2::Subnet::Id>", Description: "In two zones at least" },
    ...(tls === "router" ? { Certificate: { Type: "String", Description: "ARN of a certificate of ACM" } } : {}),
    ...(engine === "none" ? {} : { EngineUrl: { Type: "String", NoEcho: true, Description: `${engine}://host:port` } }),
    InstanceType: { Type: "String", Default: "c7g.large" },
    WorkersPerInstance: {
      Type: "Number",
      Default: WORKERS_PER_MACHINE,
      Description: "Processes on a machine: its processors",
    },
    MachineImage: {
      Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
      Default: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    },
  };
}
