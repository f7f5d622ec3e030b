import { connect } from "hawser";
import { beforeAll, describe, expect, test } from "vitest";
import { bySection, type CaseResult, type Report, runClientSuite } from "./index.ts";

/** The whole suite takes some seconds; a loaded machine gets more. */
const PATIENCE = 120_000;

async function echo(url: string): Promise<void> {
  const ws = await connect(url);
  for await (const message of ws) await ws.send(message);
}

describe.each(["strict", "rfc"] as const)("our client, profile %s", (profile) => {
  let report: Report;

  beforeAll(async () => {
    report = await runClientSuite({ connect: echo }, { profile, timeout: 5_000 });
  }, PATIENCE);

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

  test.each(SECTIONS)("%s", (section) => {
    const results: readonly CaseResult[] = bySection(report.results).get(section) ?? [];
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  });
});
