/** What a doctor finds: one line each, with what to do about it. Knows no check. */

import { visibleText } from "../terminal/visible.ts";

export type Level = "ok" | "note" | "warning" | "problem";

export interface Finding {
  /** What was looked at, in a few words. */
  readonly topic: string;
  /** `problem`: it will not work; `warning`: it works until something happens; `note`: to be known. */
  readonly level: Level;
  /** What was found, with the values. */
  readonly found: string;
  /** What to change, and where. Always there for a warning or a problem. */
  readonly advice?: string;
}

const MARKS: Readonly<Record<Level, string>> = { ok: "ok", note: "note", warning: "WARNING", problem: "PROBLEM" };

/** Characters of a line that a person still reads. */
const LONGEST = 500;

/** What a far end says stands in findings, and must not move the cursor, begin a line of its own, or fill the screen. */
export function harmless(text: string): string {
  const line = visibleText(text).replace(/[\n\t]/g, (character) => (character === "\n" ? "\\n" : "\\t"));
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
}

/** Findings under each other, the advice set in below what it is for. */
export function findingsText(findings: readonly Finding[]): string {
  const topicWidth = Math.max(0, ...findings.map(({ topic }) => topic.length));
  const margin = " ".repeat(MARKS.problem.length + topicWidth + 4);
  const lines = findings.flatMap(({ topic, level, found, advice }) => [
    `${MARKS[level].padEnd(MARKS.problem.length)}  ${topic.padEnd(topicWidth)}  ${harmless(found)}`,
    ...(advice === undefined ? [] : [`${margin}-> ${advice}`]),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

export function worstLevel(findings: readonly Finding[]): Level {
  const order: readonly Level[] = ["problem", "warning", "note"];
  return order.find((level) => findings.some((finding) => finding.level === level)) ?? "ok";
}

/** `1 problem, 2 warnings`, or `nothing to mend`. */
export function summaryText(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const parts = [
    ...(problems === 0 ? [] : [`${problems} problem${problems === 1 ? "" : "s"}`]),
    ...(warnings === 0 ? [] : [`${warnings} warning${warnings === 1 ? "" : "s"}`]),
  ];
  return parts.length === 0 ? "nothing to mend" : parts.join(", ");
}
