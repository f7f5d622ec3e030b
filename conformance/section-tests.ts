/** The sections of a suite as tests: each has cases, and all of them passed. */

import { expect, test } from "vitest";
import { bySection, type CaseResult, type Report } from "./index.ts";

/** The whole suite takes some seconds; a loaded machine gets more. */
export const PATIENCE = 120_000;

const SECTIONS = [
  "handshake",
  "framing",
  "fragmentation",
  "control",
  "utf8",
  "closing",
  "limits",
  "deflate",
  "negotiation",
];

/** @param reported gives what the suite found; asked when the tests run. */
export function testSections(reported: () => Report): void {
  test.each(SECTIONS)("%s", (section) => {
    const results: readonly CaseResult[] = bySection(reported().results).get(section) ?? [];
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  });
}
