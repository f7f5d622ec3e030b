import { serve } from "hawser";
import { afterAll, beforeAll, describe } from "vitest";
import { type Report, runServerSuite } from "./index.ts";
import { PATIENCE, testSections } from "./section-tests.ts";

/** As in the tests of the library. */
const transport = (process.env["HAWSER_TEST_TRANSPORT"] ?? "auto") as "auto" | "stream" | "handle";

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

  testSections(() => report);
});
