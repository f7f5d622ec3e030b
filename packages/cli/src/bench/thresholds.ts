/**
 * What a run must keep to: `p99>50ms` says when it has failed.
 *
 * | figure | unit |
 * |---|---|
 * | `p50`, `p99`, `p99.9`, ...; `min`, `mean`, `max` | latency, a time |
 * | `open-p99`, `open-max`, ... | the same of opening a connection |
 * | `rate` | messages received a second (churn: openings) |
 * | `errors`, `lost`, `failed` | a count, or percent: of messages, of clients that opened, of clients |
 */

import type { Histogram } from "node:perf_hooks";
import { UsageError } from "../command.ts";
import { suggestion } from "../nearest.ts";
import { percentileOf } from "./latencies.ts";

type Comparison = ">" | ">=" | "<" | "<=";

export interface Threshold {
  /** As it was written. */
  readonly text: string;
  readonly figure: string;
  readonly comparison: Comparison;
  /** In ms, or a count. */
  readonly limit: number;
  /** Whether `limit` is a share, 0 to 1. */
  readonly isShare: boolean;
}

/** What the thresholds are held against. */
export interface Figures {
  readonly latencies: Histogram;
  readonly openings: Histogram;
  /** A second. */
  readonly rate: number;
  readonly errors: number;
  readonly lost: number;
  readonly failed: number;
  /** What errors, lost and failed are shares of. */
  readonly messages: number;
  readonly opened: number;
  readonly clients: number;
}

export interface Broken {
  readonly threshold: string;
  /** What it was: `81.2 ms`, `2.1 %`. */
  readonly value: string;
}

const COUNTS = ["rate", "errors", "lost", "failed"] as const;
const LATENCY = /^(?:open-)?(?:p\d{1,2}(?:\.\d+)?|min|mean|max)$/;
const UNITS: Readonly<Record<string, number>> = { us: 0.001, µs: 0.001, ms: 1, s: 1_000 };

/** @throws {UsageError} */
export function parseThreshold(text: string): Threshold {
  const [, figure = "", comparison, number = "", unit = ""] =
    /^\s*([a-z0-9.-]+)\s*(>=|<=|>|<)\s*([\d_,.]+)\s*(%|[a-zµ]*)\s*$/i.exec(text) ?? [];
  const limit = Number(number.replaceAll(/[_,]/g, ""));
  if (comparison === undefined || Number.isNaN(limit)) throw wrong(text, "write it as p99>50ms or errors>0.1%.");
  const isLatency = LATENCY.test(figure);
  const isCount = (COUNTS as readonly string[]).includes(figure);
  if (!isLatency && !isCount) {
    const known = ["p50", "p90", "p99", "p99.9", "min", "mean", "max", "open-p99", ...COUNTS];
    throw wrong(text, `there is no figure ${figure}.${suggestion(figure, known)}`);
  }
  if (isLatency && UNITS[unit] === undefined) throw wrong(text, "a latency needs a unit: us, ms or s.");
  if (!isLatency && unit !== "" && unit !== "%") throw wrong(text, `${figure} is a number, or a percentage.`);
  if (figure === "rate" && unit === "%") throw wrong(text, "rate is a number.");
  const isShare = unit === "%";
  const factor = isLatency ? UNITS[unit]! : isShare ? 0.01 : 1;
  return { text: text.trim(), figure, comparison: comparison as Comparison, limit: limit * factor, isShare };
}

function wrong(text: string, why: string): UsageError {
  return new UsageError(`--fail-if ${JSON.stringify(text)}: ${why}`);
}

/** Which thresholds are broken. A latency of which there is no value breaks its threshold: nothing was answered. */
export function brokenThresholds(thresholds: readonly Threshold[], figures: Figures): Broken[] {
  return thresholds.flatMap((threshold) => {
    const value = figureOf(threshold, figures);
    if (value !== undefined && !compare(value, threshold)) return [];
    return [{ threshold: threshold.text, value: shown(value, threshold) }];
  });
}

function figureOf({ figure, isShare }: Threshold, figures: Figures): number | undefined {
  const { rate, errors, lost, failed, messages, opened, clients } = figures;
  const share = (count: number, of: number) => (isShare ? (of === 0 ? 0 : count / of) : count);
  switch (figure) {
    case "rate":
      return rate;
    case "errors":
      return share(errors, messages);
    case "lost":
      return share(lost, opened);
    case "failed":
      return share(failed, clients);
    default:
      return latencyOf(figure, figures);
  }
}

function latencyOf(figure: string, { latencies, openings }: Figures): number | undefined {
  const isOpening = figure.startsWith("open-");
  const histogram = isOpening ? openings : latencies;
  const name = isOpening ? figure.slice("open-".length) : figure;
  if (histogram.count === 0) return undefined;
  if (name.startsWith("p")) return percentileOf(histogram, Math.max(Number(name.slice(1)), Number.MIN_VALUE));
  return histogram[name as "min" | "mean" | "max"] / 1e6;
}

function compare(value: number, { comparison, limit }: Threshold): boolean {
  if (comparison === ">") return value > limit;
  if (comparison === ">=") return value >= limit;
  return comparison === "<" ? value < limit : value <= limit;
}

function shown(value: number | undefined, { figure, isShare }: Threshold): string {
  if (value === undefined) return "nothing measured";
  if (isShare) return `${(value * 100).toPrecision(3)} %`;
  return LATENCY.test(figure) ? `${value.toPrecision(3)} ms` : Math.round(value).toLocaleString("en-US");
}
