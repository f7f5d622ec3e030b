/**
 * A strict reader of Prometheus' text format 0.0.4: whatever that does not allow throws, and what promtool would complain about as
 * well.
 */

export interface ParsedFamily {
  readonly help: string;
  readonly type: string;
  /** By the sample's name and labels, as they stand in the text. */
  readonly samples: Map<string, number>;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/;
const VALUE = /^(?:[+-]Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

export function parsePrometheus(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, ParsedFamily>();
  let current: [name: string, family: ParsedFamily] | undefined;
  const lines = text.slice(0, -1).split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    if (help === null) {
      readSample(line, current);
      continue;
    }
    const [, name = "", words = ""] = help;
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(lines[++index] ?? "");
    if (type?.[1] !== name || !NAME.test(name)) throw new Error(`no type behind ${line}`);
    if (families.has(name)) throw new Error(`${name} comes twice`);
    if (!/^(?:[^\\]|\\[\\n])*$/.test(words)) throw new Error(`an unknown escape in ${line}`);
    current = [name, { help: words, type: type[2]!, samples: new Map() }];
    families.set(...current);
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

function readSample(line: string, current: [name: string, family: ParsedFamily] | undefined): void {
  const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
  if (current === undefined || !VALUE.test(value)) throw new Error(`no sample: ${line}`);
  const [family, { type, samples }] = current;
  const allowed = type === "histogram" ? [`${family}_bucket`, `${family}_sum`, `${family}_count`] : [family];
  if (!allowed.includes(name)) throw new Error(`${name} does not belong to ${family}`);
  const key = `${name}{${labels}}`;
  if (labels.endsWith(",") || samples.has(key)) throw new Error(`twice, or a comma too many: ${line}`);
  samples.set(
    key,
    value === "+Inf" ? Number.POSITIVE_INFINITY : value === "-Inf" ? Number.NEGATIVE_INFINITY : Number(value),
  );
}

function checkFamily(name: string, { type, samples }: ParsedFamily): void {
  if (samples.size === 0) throw new Error(`${name} has no samples`);
  if (type === "counter" && !name.endsWith("_total")) throw new Error(`the counter ${name} does not end with _total`);
  if (type !== "counter" && name.endsWith("_total")) throw new Error(`${name} is no counter`);
  if (type === "histogram") checkHistogram(name, samples);
}

/** Buckets ascend, and end with +Inf, which is the count. */
function checkHistogram(name: string, samples: ReadonlyMap<string, number>): void {
  const series = new Map<string, { le: number; count: number }[]>();
  for (const [key, count] of samples) {
    const bucket = /^\w+_bucket\{(.*)\}$/.exec(key);
    if (bucket === null) continue;
    const [le = ""] = /(?<=\ble=")[^"]*/.exec(key) ?? [];
    const labels = bucket[1]!.replace(/,?\ble="[^"]*"/, "").replace(/^,/, "");
    const buckets = series.get(labels) ?? [];
    series.set(labels, buckets);
    buckets.push({ le: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), count });
  }
  for (const [labels, buckets] of series) {
    const isAscending = buckets.every(({ le, count }, index) => {
      const before = buckets[index - 1];
      return before === undefined || (before.le < le && before.count <= count);
    });
    const last = buckets.at(-1)!;
    const isWhole = last.le === Number.POSITIVE_INFINITY && samples.get(`${name}_count{${labels}}`) === last.count;
    if (!isAscending || !isWhole || !samples.has(`${name}_sum{${labels}}`))
      throw new Error(`${name}{${labels}} is no histogram`);
  }
  if (series.size === 0) throw new Error(`${name} has no buckets`);
}
