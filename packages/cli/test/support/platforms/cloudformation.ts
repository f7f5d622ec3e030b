/**
 * CloudFormation templates against AWS's own specification of resources: keys, required ones, primitive types, references.
 */

import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import { parse } from "yaml";
import {
  type Check,
  differs,
  environmentProblems,
  holds,
  idleProblems,
  shellProblems,
  stopMilliseconds,
  textOf,
} from "./check.ts";

// biome-ignore lint/suspicious/noExplicitAny: parsed YAML, and the specification's own graph
type Tree = any;

/** Loaded once for a file of tests: some hundred milliseconds. */
const specification = loadAwsServiceSpec();

const PSEUDO = ["AWS::Region", "AWS::StackName", "AWS::Partition", "AWS::AccountId"];
const SECTIONS = ["AWSTemplateFormatVersion", "Description", "Parameters", "Resources", "Outputs"];
const RESOURCE_KEYS = ["Type", "Properties", "UpdatePolicy", "DependsOn"];
const UPDATE_KEYS = ["MinInstancesInService", "MaxBatchSize", "PauseTime", "SuspendProcesses"];

export async function templateProblems(text: string): Promise<readonly string[]> {
  const database: Tree = await specification;
  const template = parse(text) as Tree;
  const names = [...Object.keys(template.Parameters ?? {}), ...Object.keys(template.Resources), ...PSEUDO];
  return [
    ...strange(template, SECTIONS, "template"),
    ...Object.entries<Tree>(template.Parameters).flatMap(([name, one]) =>
      strange(one, ["Type", "Default", "Description", "NoEcho"], name),
    ),
    ...Object.entries<Tree>(template.Resources).flatMap(([name, one]) => resourceProblems(database, name, one)),
    ...references(template).flatMap((name) => holds(names.includes(name), `there is no ${name}`)),
  ];
}

function strange(value: object, known: readonly string[], place: string): readonly string[] {
  return Object.keys(value).flatMap((key) => holds(known.includes(key), `${place}/${key} is no known key`));
}

function resourceProblems(database: Tree, name: string, { Type, ...resource }: Tree): readonly string[] {
  const [entity] = database.lookup("resource", "cloudFormationType", "equals", Type);
  if (entity === undefined) return [`${name}: ${Type} is no known type`];
  return [
    ...strange({ Type, ...resource }, RESOURCE_KEYS, name),
    ...strange(resource.UpdatePolicy?.AutoScalingRollingUpdate ?? {}, UPDATE_KEYS, name),
    ...propertyProblems(database, name, resource.Properties ?? {}, entity.properties),
  ];
}

function propertyProblems(database: Tree, place: string, value: Tree, properties: Tree): readonly string[] {
  const required = Object.keys(properties).filter((key) => properties[key].required === true);
  return [
    ...required.flatMap((key) => holds(key in value, `${place}/${key} is missing`)),
    ...Object.entries(value).flatMap(([key, inner]) =>
      properties[key] === undefined
        ? [`${place}/${key} is no known key`]
        : typeProblems(database, `${place}/${key}`, inner, properties[key].type),
    ),
  ];
}

function typeProblems(database: Tree, place: string, value: Tree, type: Tree): readonly string[] {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case "array":
      if (!Array.isArray(value)) return [`${place} must be a list`];
      return value.flatMap((item, index) => typeProblems(database, `${place}/${index}`, item, type.element));
    case "ref": {
      const entity = database.get("typeDefinition", type.reference.$ref);
      if (typeof value !== "object" || Array.isArray(value)) return [`${place} must have keys`];
      return propertyProblems(database, place, value, entity.properties);
    }
    case "integer":
    case "number":
      return holds(typeof value === "number", `${place} must be a number`);
    case "boolean":
      return holds(typeof value === "boolean", `${place} must be true or false`);
    case "string":
      return holds(typeof value === "string", `${place} must be a text`);
    case "union":
      return unionProblems(database, place, value, type.types);
    default:
      return [];
  }
}

function unionProblems(database: Tree, place: string, value: Tree, types: readonly Tree[]): readonly string[] {
  const all = types.map((one) => typeProblems(database, place, value, one));
  return all.find((one) => one.length === 0) ?? all.at(-1) ?? [];
}

function isIntrinsic(value: Tree): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).some((key) => /^(?:Ref|Fn::\w+)$/.test(key));
}

/** Names in `Ref`, `Fn::GetAtt` and `Fn::Sub`. */
function references(value: Tree): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries<Tree>(value).flatMap(([key, inner]) => {
    if (key === "Ref") return [inner];
    if (key === "Fn::GetAtt") return [inner[0]];
    const names =
      key === "Fn::Sub" ? Array.from(String(inner).matchAll(/\$\{([\w:]+)\}/g), ([, name = ""]) => name) : [];
    return [...names, ...references(inner)];
  });
}

export const checkAws: Check = async (files, deployment) => {
  const text = textOf(files, "template.yaml");
  const problems = await templateProblems(text);
  if (problems.length > 0) return problems;
  const { LoadBalancer, Listener, TargetGroup, Group, ScalingPolicy, InstanceSecurityGroup, LaunchTemplate } = (
    parse(text) as Tree
  ).Resources;
  const { port, adminPort, connections, publicPort } = deployment;
  const attributes: readonly Tree[] = [
    ...(LoadBalancer.Properties.LoadBalancerAttributes ?? []),
    ...(Listener.Properties.ListenerAttributes ?? []),
    ...TargetGroup.Properties.TargetGroupAttributes,
  ];
  const attribute = (pattern: RegExp) => attributes.find(({ Key }) => pattern.test(Key))?.Value;
  const idle = attribute(/idle_timeout/);
  const stop = stopMilliseconds(deployment);
  const [hook] = Group.Properties.LifecycleHookSpecificationList;
  const unit = LaunchTemplate.Properties.LaunchTemplateData.UserData["Fn::Base64"]["Fn::Sub"];
  return [
    ...attributes.flatMap(({ Key }) => holds(ATTRIBUTES.has(Key), `${Key} is no known attribute`)),
    ...(idle === undefined ? [] : idleProblems("idle timeout", Number(idle) * 1_000, deployment)),
    ...holds(Number(attribute(/deregistration_delay/)) * 1_000 >= stop, "deregistration must last as long as a stop"),
    ...holds(hook.HeartbeatTimeout * 1_000 >= stop, "the hook must last as long as a stop"),
    ...differs("Port", TargetGroup.Properties.Port, port),
    ...differs("Listener", Listener.Properties.Port, publicPort),
    ...differs("HealthCheckPort", TargetGroup.Properties.HealthCheckPort, String(adminPort)),
    ...differs("HealthCheckPath", TargetGroup.Properties.HealthCheckPath, "/readyz"),
    ...differs(
      "ingress",
      InstanceSecurityGroup.Properties.SecurityGroupIngress.flatMap(({ FromPort, ToPort }: Tree) => [FromPort, ToPort]),
      [port, port, adminPort, adminPort],
    ),
    ...(ScalingPolicy === undefined
      ? []
      : differs("target", ScalingPolicy.Properties.TargetTrackingConfiguration.TargetValue, connections)),
    ...holds(Number(Group.Properties.MinSize) < Number(Group.Properties.MaxSize), "MinSize must be below MaxSize"),
    ...shellProblems("bash", unit),
    ...shellProblems("bash", /<<'WATCH'\n([\s\S]*)\nWATCH\n/.exec(unit)?.[1] ?? "("),
    ...unitProblems(unit, deployment),
  ];
};

/** The systemd unit within a machine's start script. */
export function unitProblems(text: string, deployment: Parameters<Check>[1]): readonly string[] {
  const stop = Number(/--stop-timeout (\d+)/.exec(text)?.[1]) * 1_000;
  // What CloudFormation puts there
  const plain = text.replace(/\$\{\w[\w.]*\}/g, "2");
  const variables = Array.from(plain.matchAll(/ --env (\w+)=(\S+)/g), ([, name = "", value = ""]) => [name, value]);
  const outer = Number(/^\s*TimeoutStopSec=(\d+)/m.exec(text)?.[1]) * 1_000;
  return [
    ...holds(stop >= stopMilliseconds(deployment), "Docker kills before the program has stopped"),
    ...holds(outer > stop, "systemd kills before Docker has stopped"),
    ...environmentProblems(Object.fromEntries(variables), deployment, stop),
  ];
}

const ATTRIBUTES: ReadonlySet<string> = new Set([
  "idle_timeout.timeout_seconds",
  "tcp.idle_timeout.seconds",
  "deregistration_delay.timeout_seconds",
  "load_balancing.algorithm.type",
  "proxy_protocol_v2.enabled",
  "preserve_client_ip.enabled",
]);
