/**
 * Snapshots of metrics: their shape, how those of several processes become one, and their text for Prometheus.
 */

export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly MetricSample[];
}

export type Labels = Readonly<Record<string, string>>;

export interface PlainSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: Labels;
  /** Cumulative counts; `le` ascending; the bucket of +Infinity is `count`. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly sum: number;
  readonly count: number;
}

export type MetricSample = PlainSample | HistogramSample;

export type MetricSnapshot = readonly MetricFamily[];

/** Adds `labels` to each sample of its part; families of one name become one. */
export function mergeSnapshots(
  parts: readonly { readonly labels?: Labels; readonly snapshot: MetricSnapshot }[],
): MetricSnapshot {
  const families = new Map<string, { family: MetricFamily; samples: MetricSample[] }>();
  for (const { labels, snapshot } of parts) {
    for (const family of snapshot) {
      const samples = family.samples.map((sample) => ({ ...sample, labels: { ...sample.labels, ...labels } }));
      const known = families.get(family.name);
      if (known === undefined) families.set(family.name, { family, samples });
      else known.samples.push(...samples);
    }
  }
  return Array.from(families.values(), ({ family, samples }) => ({ ...family, samples }));
}

/** The text exposition format of Prometheus, version 0.0.4. */
export function prometheusText(snapshot: MetricSnapshot): string {
  return snapshot.map(familyText).join("");
}

function familyText({ name, help, type, samples }: MetricFamily): string {
  const lines = samples.flatMap((sample) => sampleLines(name, sample));
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function sampleLines(name: string, sample: MetricSample): string[] {
  if ("value" in sample) return [`${name}${labelText(sample.labels)} ${sample.value}`];
  const { labels, buckets, sum, count } = sample;
  const bounds = buckets.map(
    ({ le, count: below }) => `${name}_bucket${labelText({ ...labels, le: String(le) })} ${below}`,
  );
  return [
    ...bounds,
    `${name}_bucket${labelText({ ...labels, le: "+Inf" })} ${count}`,
    `${name}_sum${labelText(labels)} ${sum}`,
    `${name}_count${labelText(labels)} ${count}`,
  ];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}
