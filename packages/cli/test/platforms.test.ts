/**
 * The targets that no program here can start: each against a kept copy, a schema with strict keys, rules about how its
 * values agree, and mistakes put in on purpose.
 */

import { describe, expect, test } from "vitest";
import { generatedFiles } from "../src/generate/command.ts";
import type { Deployment } from "../src/generate/deployment.ts";
import type { GeneratedFile } from "../src/generate/target.ts";
import { TARGETS } from "../src/generate/targets/index.ts";
import { deployment } from "./support/deployment.ts";
import { expectGolden } from "./support/golden.ts";
import { expectMutationsFound } from "./support/mutations.ts";
import { CHECKS } from "./support/platforms/checks.ts";
import { MISTAKES } from "./support/platforms/mistakes.ts";

const ROUTER_TLS = { tls: "router", certificate: "acme", domains: "chat.example.org,www.chat.example.org" };

/** Deployments that differ where targets do; each target makes what it can of each. */
const DEPLOYMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  default: {},
  fixed: { workers: "3", engine: "redis", ...ROUTER_TLS },
  range: { workers: "4..12", engine: "nats", port: "3000", "admin-port": "9500", connections: "1500" },
  short: { "pre-stop": "0", "not-ready": "0", "drain-window": "5s", "close-timeout": "2s", "ping-interval": "10s" },
  proxied: { "client-address": "proxy-protocol" },
  "tls-app": {
    tls: "app",
    certificate: "/tls/cert.pem",
    "certificate-key": "/tls/key.pem",
    "client-address": "proxy-protocol",
  },
};

/** camelCase, as the command line's flags are named within. */
function flagged(flags: Readonly<Record<string, string>>): Deployment {
  const named = Object.entries(flags).map(([name, value]) => {
    return [name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()), value] as const;
  });
  return deployment(Object.fromEntries(named));
}

function filesFor(name: string, one: Deployment): readonly GeneratedFile[] {
  return generatedFiles(TARGETS.find((target) => target.name === name)!, one);
}

function isRefused(name: string, one: Deployment): boolean {
  const target = TARGETS.find((each) => each.name === name)!;
  return (target.lint?.(one) ?? []).length > 0;
}

describe.each(Object.keys(CHECKS))("%s", (name) => {
  test("is as it was", () => {
    expectGolden(name, filesFor(name, deployment()));
  });

  test.each(Object.keys(DEPLOYMENTS))("passes its check: %s", async (kind) => {
    const one = flagged(DEPLOYMENTS[kind]!);
    if (isRefused(name, one)) return expect(() => filesFor(name, one)).toThrow("nothing is written");
    expect(await CHECKS[name]!(filesFor(name, one), one)).toEqual([]);
  });

  test.each(Object.entries(MISTAKES[name]!))("finds mistakes in %s", async (path, mutations) => {
    const one = deployment();
    const files = filesFor(name, one);
    const check = (text: string) =>
      CHECKS[name]!(
        files.map((file) => (file.path === path ? { path, text } : file)),
        one,
      );
    await expectMutationsFound(files.find((file) => file.path === path)!.text, mutations, check);
  });
});

test("every target here has mistakes", () => {
  expect(Object.keys(MISTAKES).sort()).toEqual(Object.keys(CHECKS).sort());
});
