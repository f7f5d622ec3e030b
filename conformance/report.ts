/**
 * What a run of a suite found, and how it is printed.
 */

import type { Case, Profile, Role } from "./case.ts";
import { Mismatch } from "./perform.ts";

export type Outcome = "passed" | "failed" | "skipped";

export interface CaseResult {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly rule: string;
  readonly outcome: Outcome;
  /** Of a failure: what should have come. */
  readonly expected?: string;
  /** Of a failure: what came. */
  readonly observed?: string;
  /** Why a case was skipped. */
  readonly reason?: string;
}

export interface Report {
  /** The side under test. */
  readonly role: Role;
  readonly profile: Profile;
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** In the order of the tables. */
  readonly results: readonly CaseResult[];
  /** Milliseconds. */
  readonly duration: number;
}

/** Thrown by a case that cannot apply to the endpoint under test. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** The result of a case from how it ended: `failure` is what it threw, or `undefined`. */
export function resultOf({ id, section, title, rule }: Case, failure: unknown): CaseResult {
  const about = { id, section, title, rule };
  if (failure === undefined) return { ...about, outcome: "passed" };
  if (failure instanceof NotApplicable) return { ...about, outcome: "skipped", reason: failure.message };
  if (failure instanceof Mismatch) {
    return { ...about, outcome: "failed", expected: failure.expected, observed: failure.observed };
  }
  return { ...about, outcome: "failed", expected: "the case to run", observed: String(failure) };
}

export function makeReport(role: Role, profile: Profile, results: readonly CaseResult[], duration: number): Report {
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const [passed, failed, skipped] = [count("passed"), count("failed"), count("skipped")];
  return { role, profile, total: results.length, passed, failed, skipped, results, duration };
}

/** The results of each section, in the order of the tables. */
export function bySection(results: readonly CaseResult[]): Map<string, CaseResult[]> {
  const sections = new Map<string, CaseResult[]>();
  for (const result of results) sections.set(result.section, [...(sections.get(result.section) ?? []), result]);
  return sections;
}

function row(cells: readonly (string | number)[]): string {
  const [name = "", ...numbers] = cells;
  return `${String(name).padEnd(16)}${numbers.map((cell) => String(cell).padStart(9)).join("")}`;
}

function sectionRow(section: string, results: readonly CaseResult[]): string {
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  return row([section, results.length, count("passed"), count("failed"), count("skipped")]);
}

function failureLines(result: CaseResult): string[] {
  return [
    `FAILED ${result.id}: ${result.title} (${result.rule})`,
    `  expected ${result.expected}`,
    `  observed ${result.observed}`,
  ];
}

/** The report as text: a table of the sections, the failures, and one line to sum up. */
export function formatReport(report: Report): string {
  const sections = [...bySection(report.results)].map(([section, results]) => sectionRow(section, results));
  const failures = report.results.filter((result) => result.outcome === "failed").flatMap(failureLines);
  const reasons = new Set(report.results.flatMap(({ reason }) => (reason === undefined ? [] : [`skipped: ${reason}`])));
  const seconds = (report.duration / 1000).toFixed(1);
  return [
    row(["section", "cases", "passed", "failed", "skipped"]),
    ...sections,
    ...(failures.length === 0 ? [] : ["", ...failures]),
    ...(reasons.size === 0 ? [] : ["", ...reasons]),
    "",
    `${report.role}, profile ${report.profile}: ${report.passed} of ${report.total} cases passed, ${report.failed} failed, ${report.skipped} skipped (${seconds} s)`,
  ].join("\n");
}
