/**
 * The targets that no program here can start: each against a kept copy, a schema with strict keys, rules about how its
 * values agree, and mistakes put in on purpose.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { supervisorMetrics } from "../src/admin/supervisor-metrics.ts";
import { generatedFiles } from "../src/generate/command.ts";
import type { Deployment } from "../src/generate/deployment.ts";
import type { GeneratedFile } from "../src/generate/target.ts";
import { TARGETS } from "../src/generate/targets/index.ts";
import { writeFiles } from "../src/generate/write.ts";
import { deployment } from "./support/deployment.ts";
import { FakeSupervision } from "./support/fake-supervision.ts";
import { temporaryFolder } from "./support/folder.ts";
import { expectGolden } from "./support/golden.ts";
import { expectMutationsFound } from "./support/mutations.ts";
import { CHECKS } from "./support/platforms/checks.ts";
import { EXPORTED_FAMILIES, SUPERVISOR_FAMILIES } from "./support/platforms/metric-names.ts";
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

test.each([
  ["aws-nlb", "aws", "proxied"],
  ["docker-range", "docker", "range"],
  ["gcp-tls", "gcp", "fixed"],
  ["render-redis", "render", "fixed"],
])("%s is as it was", (folder, name, kind) => {
  expectGolden(folder, filesFor(name, flagged(DEPLOYMENTS[kind]!)));
});

/** Programs that neither npm nor Debian has, or that are too large to install for one command: used where they are. */
function testWith(program: string, name: string, body: (run: (...words: string[]) => string) => void): void {
  const isThere = spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;
  if (isThere)
    test(`${program}: ${name}`, () => body((...words) => execFileSync(program, words, { encoding: "utf8" })));
  else console.warn(`${program} is not here: ${name} is not tried`);
}

testWith("promtool", "reads the alerts", (run) => {
  const folder = temporaryFolder();
  writeFiles(filesFor("alerts", deployment()), folder);
  expect(run("check", "rules", join(folder, "alerts.yaml"))).toContain("SUCCESS");
});

testWith("kubectl", "builds the kustomization, with each component", (run) => {
  const folder = temporaryFolder();
  const [overview, ...rest] = filesFor("kubernetes", deployment());
  writeFiles(rest, folder);
  for (const mesh of ["istio", "linkerd"]) {
    writeFiles(filesFor(mesh, deployment()), join(folder, "components", mesh));
  }
  for (const component of ["gateway-api", "ingress", "keda", "istio", "linkerd"]) {
    const text = overview!.text.replace("components/gateway-api", `components/${component}`);
    writeFiles(
      [{ path: "kustomization.yaml", text: component === "keda" ? text.replace(/.*hpa\n/, "") : text }],
      folder,
    );
    expect(run("kustomize", folder), component).toContain(KIND_OF[component]!);
  }
});

const KIND_OF: Readonly<Record<string, string>> = {
  "gateway-api": "kind: HTTPRoute",
  ingress: "kind: Ingress",
  keda: "kind: ScaledObject",
  istio: "kind: VirtualService",
  linkerd: "linkerd.io/inject: enabled",
};

test("koyeb.sh makes what is not there, and updates what is", () => {
  const folder = temporaryFolder();
  const calls = (exists: boolean) => {
    const stub = `#!/bin/sh\n[ "$2" = get ] && exit ${exists ? 0 : 1}\nprintf '%s\\n' "$@"\n`;
    writeFileSync(join(folder, "koyeb"), stub, { mode: 0o755 });
    const input = filesFor("koyeb", deployment())[0]!.text;
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
    return execFileSync("sh", { input, env, encoding: "utf8" }).split("\n");
  };
  expect(calls(false).slice(0, 5)).toEqual(["apps", "init", "chat", "--docker", "chat:latest"]);
  expect(calls(true).slice(0, 5)).toEqual(["services", "update", "chat/chat", "--docker", "chat:latest"]);
});

test("what dashboards may ask for includes all of the supervisor's families", () => {
  const families = supervisorMetrics(new FakeSupervision().status(), 0, undefined).map(({ name }) => name);
  expect(families.filter((name) => !EXPORTED_FAMILIES.has(name))).toEqual([]);
  expect(SUPERVISOR_FAMILIES.filter((name) => !families.includes(name))).toEqual([]);
  expect(EXPORTED_FAMILIES.has(deployment().metric)).toBe(true);
});

test("every target here has mistakes", () => {
  expect(Object.keys(MISTAKES).sort()).toEqual(Object.keys(CHECKS).sort());
});
