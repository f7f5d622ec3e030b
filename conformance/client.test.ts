import { connect } from "hawser";
import { beforeAll, describe } from "vitest";
import { type Report, runClientSuite } from "./index.ts";
import { PATIENCE, testSections } from "./section-tests.ts";

async function echo(url: string): Promise<void> {
  const ws = await connect(url);
  for await (const message of ws) await ws.send(message);
}

describe.each(["strict", "rfc"] as const)("our client, profile %s", (profile) => {
  let report: Report;

  beforeAll(async () => {
    report = await runClientSuite({ connect: echo }, { profile, timeout: 5_000 });
  }, PATIENCE);

  testSections(() => report);
});
