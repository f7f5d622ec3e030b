import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { deployment } from "../../test/support/deployment.ts";
import { temporaryFolder } from "../../test/support/folder.ts";
import { type Deployment, readDeployment } from "./configuration.ts";

function read(yaml: string, flags = {}): Deployment {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "hawser.config.yaml"), yaml);
  return readDeployment({ flags, folder, path: undefined });
}

describe("without a file", () => {
  test("everything has a value", () => {
    expect(deployment()).toEqual({
      name: "chat",
      entry: "server.js",
      domains: ["localhost"],
      publicHost: "*",
      publicPort: 80,
      hosts: ["127.0.0.1"],
      port: 8080,
      adminPort: 9464,
      workers: "auto",
      listen: "port",
      http: "1.1",
      user: "chat",
      socketPattern: "/run/chat/%d.sock",
      tls: "none",
      certificate: undefined,
      clientAddress: "x-forwarded-for",
      pingInterval: 20_000,
      pingTimeout: 20_000,
      idleTimeout: 75_000,
      notReady: 5_000,
      drainWindow: 30_000,
      closeTimeout: 10_000,
      preStop: 5_000,
      grace: 55_000,
      connections: 2_000,
      maxConnections: 10_000,
      memory: 512 * 2 ** 20,
      engine: "none",
      image: "chat:latest",
      metric: "websocket_connections_active",
    });
  });

  test.each([
    ["@company/Live_Feed", "live-feed"],
    ["2048", "app"],
    ["-x-", "x"],
  ])("the package %s is called %s", (name, label) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name }));
    expect(readDeployment({ flags: {}, folder, path: undefined }).name).toBe(label);
  });

  test.each(["{", "null", "[]", ""])("package.json with %j: the folder's", (text) => {
    const folder = join(temporaryFolder(), "Feed");
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), text);
    expect(readDeployment({ flags: {}, folder, path: undefined }).name).toBe("feed");
  });

  test("a user's name is one that Linux takes, whatever the service is called", () => {
    const name = `${"n".repeat(30)}-${"m".repeat(20)}`;
    expect(readDeployment({ flags: { name }, folder: temporaryFolder(), path: undefined }).user).toBe("n".repeat(30));
  });
});

describe("from the file", () => {
  test("name and entry stand beside both sections, lists and units are understood", () => {
    const { name, entry, domains, grace, certificate, publicPort, memory } = read(`
name: feed
entry: app.js
deploy: { domains: [a.example, b.example], drainWindow: 1m, tls: router, certificate: /c.pem, certificateKey: /k.pem, memory: 1G }
`);
    expect([name, entry, domains, grace, publicPort]).toEqual([
      "feed",
      "app.js",
      ["a.example", "b.example"],
      85_000,
      443,
    ]);
    expect([certificate, memory]).toEqual([{ cert: "/c.pem", key: "/k.pem" }, 2 ** 30]);
  });

  test.each<[string, Partial<Deployment>]>([
    [
      "run: { workers: 4, balance: 'unix:/run/x/%d.sock?mode=666' }",
      { workers: 4, listen: "unix", socketPattern: "/run/x/%d.sock" },
    ],
    ["run: { workers: 2..6, balance: 'ports:9001' }", { workers: { min: 2, max: 6 }, listen: "ports", port: 9001 }],
    ["run: { balance: reuse-port, admin: 9999 }", { listen: "reuse-port", adminPort: 9999 }],
    ["run: { balance: least-connections, admin: off }", { listen: "port", adminPort: 9464 }],
    ["run: { notReady: 1s, drainWindow: 2s }", { notReady: 1_000, drainWindow: 2_000 }],
    ["run: { balance: 'ports:9001', workers: 3 }\ndeploy: { port: 7001 }", { listen: "ports", port: 7001, workers: 3 }],
  ])("what run says need not be said again: %s", (yaml, expected) => {
    expect(read(yaml)).toMatchObject(expected);
  });

  test("flags come first", () => {
    expect(read("deploy: { port: 9000 }", { port: "9001" }).port).toBe(9001);
  });
});

test.each([
  ["deploy: { prot: 1 }", /config.yaml:1:11: deploy has no option prot. Did you mean port\?/],
  ["port: 1", /config.yaml:1:1: unknown key port. port belongs into deploy./],
  ["deploy: { name: x }", /name stands beside deploy, not in it/],
  ["deploy: { domains: [a, 1] }", /domains must be domain names.*got a list/],
  ["deploy: { domains: [] }", /domains must be/],
  ["deploy: 4", /deploy must hold options/],
  ["name: My_App", /name must be up to 63 lower case letters.*got "My_App"/],
  ["deploy: { certificate: /c.pem }", /certificate needs certificateKey/],
  ["deploy: { certificateKey: /c.pem }", /certificateKey needs certificate/],
  ["deploy: { workers: 2..auto }", /workers must end in a number to be deployed, got 2..auto/],
  ["deploy: { socketPattern: '/run/x.sock' }", /socketPattern must be an absolute path with %d/],
  [
    "run: { drainWindow: 10s }\ndeploy: { drainWindow: 20s }",
    /config.yaml:2:24: deploy.drainWindow is 20s and run.drainWindow is 10s; say it once/,
  ],
])("%s is refused", (yaml, message) => {
  expect(() => read(yaml)).toThrow(message);
});
