/**
 * Alerts and dashboards: PromQL that parses, about families that exist.
 */

import { parser } from "@prometheus-io/lezer-promql";
import { parse } from "yaml";
import { type Check, holds, textOf } from "./check.ts";
import { unknownFamilies } from "./metric-names.ts";
import { type KeyTable, unknownKeys } from "./strict-keys.ts";

// biome-ignore lint/suspicious/noExplicitAny: parsed files, whose keys are checked first
type Tree = any;

export function expressionProblems(expression: string): readonly string[] {
  // Grafana puts a duration there
  const plain = expression.replaceAll("$__rate_interval", "5m");
  const families: string[] = [];
  let isBroken = false;
  parser.parse(plain).iterate({
    enter({ type, node }) {
      if (type.isError) isBroken = true;
      const name = type.name === "VectorSelector" ? node.getChild("Identifier") : null;
      if (name !== null) families.push(plain.slice(name.from, name.to));
    },
  });
  return [
    ...holds(!isBroken, `not PromQL: ${expression}`),
    ...holds(families.length > 0, `about nothing: ${expression}`),
    ...unknownFamilies(families).map((name) => `nothing exports ${name}: ${expression}`),
  ];
}

const GROUPS: KeyTable = {
  groups: {
    name: true,
    rules: { alert: true, expr: true, for: true, labels: { severity: true }, annotations: { summary: true } },
  },
};

/** @param tree of a rule file, or the `spec` of a PrometheusRule */
export function ruleProblems(tree: Tree): readonly string[] {
  const keys = unknownKeys(tree, GROUPS);
  if (keys.length > 0) return keys;
  const rules: readonly Tree[] = tree.groups.flatMap((group: Tree) => group.rules);
  const names = rules.map(({ alert }) => alert);
  return [
    ...holds(new Set(names).size === names.length, "two alerts have one name"),
    ...rules.flatMap(({ expr }) => expressionProblems(expr)),
    ...rules.flatMap(({ alert, for: time }) => holds(/^\d+[smh]$/.test(time), `${alert}: ${time} is no duration`)),
    ...rules.flatMap(({ labels }) => holds(["page", "ticket"].includes(labels.severity), "severity")),
  ];
}

export const checkAlerts: Check = (files, { grace }) => {
  const tree = parse(textOf(files, "alerts.yaml")) as Tree;
  const problems = ruleProblems(tree);
  if (problems.length > 0) return problems;
  const rules: readonly Tree[] = tree.groups.flatMap((group: Tree) => group.rules);
  const stuck = rules.find(({ alert }) => alert === "DrainStuck");
  return holds(Number.parseInt(stuck.for, 10) * 1_000 > grace, "DrainStuck is shorter than the grace period");
};

const TARGET: KeyTable = { refId: true, datasource: { type: true, uid: true }, expr: true, legendFormat: true };

const DASHBOARD: KeyTable = {
  uid: true,
  title: true,
  description: true,
  tags: true,
  schemaVersion: true,
  timezone: true,
  refresh: true,
  time: { from: true, to: true },
  templating: { list: { name: true, type: true, query: true, label: true, hide: true } },
  panels: {
    id: true,
    type: true,
    title: true,
    description: true,
    datasource: { type: true, uid: true },
    gridPos: { x: true, y: true, w: true, h: true },
    fieldConfig: {
      defaults: { unit: true, min: true, custom: { stacking: { mode: true }, fillOpacity: true } },
      overrides: true,
    },
    options: { legend: { displayMode: true, placement: true }, tooltip: { mode: true } },
    targets: TARGET,
  },
};

export function dashboardProblems(text: string): readonly string[] {
  const tree = JSON.parse(text) as Tree;
  const keys = unknownKeys(tree, DASHBOARD);
  if (keys.length > 0) return keys;
  const ids = tree.panels.map(({ id }: Tree) => id);
  return [
    ...holds(new Set(ids).size === ids.length, "two panels have one id"),
    ...tree.panels.flatMap(({ targets }: Tree) => targets.flatMap(({ expr }: Tree) => expressionProblems(expr))),
    ...tree.panels.flatMap(({ gridPos, title }: Tree) =>
      holds(gridPos.x + gridPos.w <= 24, `${title} is off the grid`),
    ),
  ];
}

export const checkGrafana: Check = (files) => dashboardProblems(textOf(files, "dashboard.json"));
