/**
 * AWS: the instances, and how one of them goes away.
 */

import { why } from "../../annotated-yaml.ts";
import type { Deployment } from "../../deployment.ts";
import { machinesOf } from "../../fleet.ts";
import { secretsFile, secretsText, stopSeconds, unitText, WORKERS_PER_MACHINE } from "../machine.ts";

export function group(deployment: Deployment): Readonly<Record<string, unknown>> {
  return {
    Role: role(),
    InstanceProfile: { Type: "AWS::IAM::InstanceProfile", Properties: { Roles: [{ Ref: "Role" }] } },
    LaunchTemplate: launchTemplate(deployment),
    Group: autoScalingGroup(deployment),
  };
}

function role(): unknown {
  const assume = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  const own = `arn:\${AWS::Partition}:autoscaling:\${AWS::Region}:\${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/\${AWS::StackName}`;
  const complete = {
    Effect: "Allow",
    Action: "autoscaling:CompleteLifecycleAction",
    Resource: why({ "Fn::Sub": own }, "Of this group alone."),
  };
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [assume] },
      ManagedPolicyArns: [
        { "Fn::Sub": `arn:\${AWS::Partition}:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly` },
        { "Fn::Sub": `arn:\${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore` },
      ],
      Policies: [
        { PolicyName: "complete-lifecycle", PolicyDocument: { Version: "2012-10-17", Statement: [complete] } },
      ],
    },
  };
}

function launchTemplate(deployment: Deployment): unknown {
  return {
    Type: "AWS::EC2::LaunchTemplate",
    Properties: {
      LaunchTemplateData: {
        ImageId: { Ref: "MachineImage" },
        InstanceType: { Ref: "InstanceType" },
        IamInstanceProfile: { Arn: { "Fn::GetAtt": ["InstanceProfile", "Arn"] } },
        SecurityGroupIds: [{ Ref: "InstanceSecurityGroup" }],
        MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
        UserData: { "Fn::Base64": { "Fn::Sub": userData(deployment) } },
      },
    },
  };
}

/** For Fn::Sub. */
const PLACEHOLDERS = { workers: `\${WorkersPerInstance}`, engineUrl: `\${EngineUrl}` };

function secretsScript(deployment: Deployment): string {
  const text = secretsText(deployment, PLACEHOLDERS.engineUrl);
  if (text === undefined) return "";
  const place = secretsFile(deployment);
  return `install --mode=0600 /dev/null ${place}
cat > ${place} <<'SECRETS'
${text}
SECRETS
`;
}

function userData(deployment: Deployment): string {
  const { name } = deployment;
  return `#!/bin/bash
set -euo pipefail
dnf install --assumeyes docker
systemctl enable --now docker
${secretsScript(deployment)}cat > /etc/systemd/system/${name}.service <<'UNIT'
${unitText(deployment, PLACEHOLDERS.workers)}
UNIT
cat > /usr/local/bin/watch-lifecycle <<'WATCH'
${watchScript(name)}
WATCH
chmod +x /usr/local/bin/watch-lifecycle
cat > /etc/systemd/system/watch-lifecycle.service <<'UNIT'
[Service]
ExecStart=/usr/local/bin/watch-lifecycle
Restart=on-failure
RestartSec=5
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now ${name} watch-lifecycle
`;
}

/** Seconds until a machine hears at the latest that it shall end. */
export const WATCH_INTERVAL = 5;

/** Without braces of the shell: Fn::Sub would take them for its own. */
function watchScript(name: string): string {
  return `#!/bin/bash
# The group wants to end this machine: say goodbye to its clients first, then let it
set -uo pipefail
metadata() {
  token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -sf -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}
until [ "$(metadata autoscaling/target-lifecycle-state)" = Terminated ]; do sleep ${WATCH_INTERVAL}; done
systemctl stop ${name}
aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --region \${AWS::Region} \\
  --instance-id "$(metadata instance-id)" --lifecycle-hook-name drain --auto-scaling-group-name \${AWS::StackName}`;
}

/** Seconds until a new machine has pulled its image and answers. */
const WARMUP = 120;

/** Seconds: the group's own, of the watch and of what it calls. */
const HOOK_MARGIN = 30;

function autoScalingGroup(deployment: Deployment): unknown {
  const { min, max } = machinesOf(deployment, WORKERS_PER_MACHINE);
  return {
    Type: "AWS::AutoScaling::AutoScalingGroup",
    UpdatePolicy: {
      AutoScalingRollingUpdate: {
        MinInstancesInService: why(min, "So many stay while one machine after the other is replaced."),
        MaxBatchSize: 1,
        PauseTime: `PT${WARMUP}S`,
        SuspendProcesses: ["AlarmNotification"],
      },
    },
    Properties: {
      AutoScalingGroupName: { Ref: "AWS::StackName" },
      MinSize: String(min),
      MaxSize: why(String(max + 1), "One more than the most, so that an update can begin with a new machine."),
      VPCZoneIdentifier: { Ref: "Subnets" },
      LaunchTemplate: {
        LaunchTemplateId: { Ref: "LaunchTemplate" },
        Version: { "Fn::GetAtt": ["LaunchTemplate", "LatestVersionNumber"] },
      },
      TargetGroupARNs: [{ Ref: "TargetGroup" }],
      HealthCheckType: "ELB",
      HealthCheckGracePeriod: WARMUP,
      DefaultInstanceWarmup: WARMUP,
      MetricsCollection: why(
        [{ Granularity: "1Minute", Metrics: ["GroupInServiceInstances"] }],
        "The scaling policy divides by it.",
      ),
      LifecycleHookSpecificationList: [
        {
          LifecycleHookName: "drain",
          LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
          HeartbeatTimeout: why(
            stopSeconds(deployment) + HOOK_MARGIN,
            "A stop, and half a minute: the group waits for the machine's word, and ends it after that anyway.",
          ),
          DefaultResult: "CONTINUE",
        },
      ],
    },
  };
}
