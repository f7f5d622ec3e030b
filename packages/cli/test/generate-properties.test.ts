/** Whatever a deployment says that is not refused: its files agree with it, and mean the same to every reader. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { readDeployment } from "../src/generate/configuration.ts";
import type { Deployment } from "../src/generate/deployment.ts";
import { lint } from "../src/generate/lint.ts";
import { TARGETS } from "../src/generate/targets/index.ts";
import { temporaryFolder } from "./support/folder.ts";
import { CHECKS } from "./support/platforms/checks.ts";
import { semanticProblems } from "./support/semantics.ts";

/** Times that are no round ones, too. */
const time = (least: number, most: number) => fc.integer({ min: least, max: most }).map((value) => `${value}ms`);

/** Words that YAML 1.1, shells, systemd and templates might take for more than a name. */
const name = fc.constantFrom("chat", "no", "y", "on", "off", "null", "true", "n", "e3", "chat-2", "a".repeat(40));

const flags = fc.record(
  {
    name,
    workers: fc.constantFrom("1", "3", "2..8", "auto"),
    port: fc.integer({ min: 1, max: 65_535 }).map(String),
    adminPort: fc.integer({ min: 1, max: 65_535 }).map(String),
    domains: fc.constantFrom("chat.example", "no.example,www.no.example", "*.chat.example"),
    hosts: fc.constantFrom("127.0.0.1", "10.0.0.1,10.0.0.2", "2001:db8::1", "::1", "app.internal"),
    engine: fc.constantFrom("none", "redis", "nats"),
    listen: fc.constantFrom("port", "ports", "unix", "reuse-port"),
    pingInterval: time(1_000, 60_000),
    idleTimeout: time(2_000, 200_000),
    preStop: time(0, 20_000),
    notReady: time(0, 20_000),
    drainWindow: time(0, 120_000),
    closeTimeout: time(100, 30_000),
    grace: time(1_000, 200_000),
    connections: fc.integer({ min: 1, max: 9_999 }).map(String),
    memory: fc.integer({ min: 64, max: 4_096 }).map((value) => `${value}M`),
  },
  { requiredKeys: ["name"] },
);

function deploymentOf(some: Partial<Record<string, string>>, folder: string): Deployment {
  const given = Object.entries(some).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return readDeployment({ flags: Object.fromEntries(given), folder, path: undefined });
}

describe.each(TARGETS)("$name", (target) => {
  test("agrees", { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(flags, async (some) => {
        const deployment = deploymentOf(some, folder);
        fc.pre([...lint(deployment), ...(target.lint?.(deployment) ?? [])].length === 0);
        const files = target.generate(deployment);
        for (const { path, text } of files.filter((file) => file.path.endsWith(".yaml"))) {
          const [old, now] = (["1.1", "1.2"] as const).map((version) =>
            parseAllDocuments(text, { version }).map((document) => document.toJS()),
          );
          expect(old, path).toEqual(now);
        }
        const text = files.map((file) => file.text).join("\n");
        expect(semanticProblems(target.name, text, deployment)).toEqual([]);
        expect(await CHECKS[target.name]?.(files, deployment)).toEqual(target.name in CHECKS ? [] : undefined);
      }),
      { numRuns: 25, seed: 20_261_122, maxSkipsPerRun: 1_000 },
    );
  });
});
