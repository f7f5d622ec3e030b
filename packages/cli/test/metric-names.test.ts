/** What generated rules, dashboards and autoscalers ask for is what servers really export: names, labels and their values. */

import { parser } from "@prometheus-io/lezer-promql";
import { connect, serve } from "hawser";
import { createMetrics, type MetricSnapshot } from "hawser/metrics";
import { memoryEngine } from "hawser/pubsub";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { supervisorMetrics } from "../src/admin/supervisor-metrics.ts";
import { deployment } from "./support/deployment.ts";
import { FakeSupervision } from "./support/fake-supervision.ts";
import { filesOf } from "./support/generated-route.ts";
import { RUNTIME_FAMILIES, SERVER_FAMILIES } from "./support/platforms/metric-names.ts";

/** Of a server that has been accepted and refused by, with a topic, an engine and compression. */
async function exported(): Promise<MetricSnapshot> {
  const metrics = createMetrics();
  const server = await serve({ message() {} }, { host: "127.0.0.1", backplane: memoryEngine().backplane() });
  onTestFinished(() => server.close());
  const url = `ws://127.0.0.1:${server.port}`;
  await expect(connect(url, { proxy: null, origin: "https://elsewhere.example" })).rejects.toThrow("403");
  const ws = await connect(url, { proxy: null });
  await ws.send("x".repeat(100));
  await ws.close();
  await expect.poll(() => server.metrics().closed).toBe(1);
  const snapshot = metrics.snapshot();
  metrics.close();
  return snapshot;
}

test("the names that files are checked against are those that are exported", async () => {
  const names = (await exported()).map(({ name }) => name);
  expect(names.sort()).toEqual([...SERVER_FAMILIES, ...RUNTIME_FAMILIES].sort());
});

interface Selector {
  readonly family: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
}

/** Every selector of an expression, with its matchers. */
function selectorsOf(expression: string): readonly Selector[] {
  const plain = expression.replaceAll("$__rate_interval", "5m");
  const found: Selector[] = [];
  parser.parse(plain).iterate({
    enter({ type, node }) {
      const name = type.name === "VectorSelector" ? node.getChild("Identifier") : null;
      if (name === null) return;
      const labels = Array.from(plain.slice(node.from, node.to).matchAll(/(\w+)="([^"]*)"/g), ([, label, value]) => {
        return [label!, value!] as const;
      });
      found.push({ family: plain.slice(name.from, name.to), labels });
    },
  });
  return found;
}

/** Labels in `by (...)`, and `{{label}}` of legends and summaries. */
function labelsAsked(text: string): readonly string[] {
  const grouped = Array.from(text.matchAll(/\bby \(([^)]*)\)/g), ([, list]) => list!.split(", ")).flat();
  const shown = Array.from(text.matchAll(/\{\{ *(?:\$labels\.)?(\w+) *\}\}/g), ([, label]) => label!);
  return [...grouped, ...shown];
}

/** Prometheus' own, those that a scrape of `hawser run` adds, and those of rules. */
const ADDED = ["job", "instance", "worker", "le", "horizontalpodautoscaler", "datasource"];

test("selectors, groups and legends ask for labels and values that are there", async () => {
  const snapshot = [...(await exported()), ...supervisorMetrics(new FakeSupervision().status(), 0, undefined)];
  const labels = new Set(snapshot.flatMap(({ samples }) => samples.flatMap((sample) => Object.keys(sample.labels))));
  const dashboard = JSON.parse(filesOf("grafana", deployment())[0]!.text);
  const rules = parse(filesOf("alerts", deployment())[0]!.text).groups.flatMap(
    ({ rules: some }: { rules: [] }) => some,
  );
  const expressions: readonly string[] = [
    ...dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr)),
    ...rules.map(({ expr }: { expr: string }) => expr),
  ];
  for (const { family, labels: matchers } of expressions.flatMap(selectorsOf)) {
    const own = snapshot.find(({ name }) => name === family);
    for (const [label, value] of matchers.filter(([one]) => !ADDED.includes(one))) {
      const values = own?.samples.map((sample) => sample.labels[label]);
      expect(values?.includes(value) || CODES.includes(value), `${family}{${label}="${value}"}`).toBe(true);
    }
  }
  const asked = labelsAsked(JSON.stringify([dashboard, rules]).replaceAll("$value", "le"));
  expect(asked.filter((label) => !labels.has(label) && !ADDED.includes(label))).toEqual([]);
});

/** Of the label `code`: there is a sample once a connection has ended by it. */
const CODES = ["1006", "1011"];
