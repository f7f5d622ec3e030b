import { serve } from "hawser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bySection, type CaseResult, type Report, runServerSuite } from "./index.ts";

/** As in the tests of the library. */
const transport = (process.env["HAWSER_TEST_TRANSPORT"] ?? "auto") as "auto" | "stream" | "handle";

/** The whole suite takes some seconds; a loaded machine gets more. */
const PATIENCE = 120_000;

describe.each(["strict", "rfc"] as const)("our server, profile %s", (profile) => {
  let server: Awaited<ReturnType<typeof serve>>;
  let report: Report;

  beforeAll(async () => {
    server = await serve(
      async (ws) => {
        for await (const message of ws) await ws.send(message);
      },
      { host: "127.0.0.1", port: 0, transport },
    );
    report = await runServerSuite(`ws://127.0.0.1:${server.port}/`, { profile, timeout: 5_000 });
  }, PATIENCE);

  afterAll(() => server.close());

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
