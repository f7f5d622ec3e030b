import { describe, expect, test } from "vitest";
import { deployment } from "../../test/support/deployment.ts";
import { lint } from "./lint.ts";
import { seconds, timingsOf } from "./timings.ts";

test("the defaults agree with one another", () => {
  expect(lint(deployment())).toEqual([]);
});

test.each<[Record<string, string>, RegExp]>([
  [{ pingInterval: "30s", idleTimeout: "60s" }, /pingInterval must be below half of idleTimeout.*got 30s and 1m/],
  [{ grace: "30s" }, /grace must be above .*, 51s, .*got 30s/],
  [{ notReady: "500ms" }, /notReady must be 0, or at least 1s, .*got 500ms/],
  [{ connections: "20000" }, /connections must not exceed maxConnections.*got 20000 and 10000/],
  [{ port: "9464" }, /adminPort must not be port/],
  [{ listen: "ports", workers: "4", port: "65534" }, /must stay below 65536.*got 65534 to 65537/],
  [
    { listen: "ports", workers: "4", port: "9462" },
    /adminPort must not be a worker's port, got 9464 within 9462 to 9465/,
  ],
  [{ listen: "ports" }, /workers must be a number with listen: ports.*got auto/],
  [{ listen: "unix", workers: "2", hosts: "10.0.0.1" }, /hosts must be this machine with listen: unix/],
  [{ grace: "50100ms" }, /grace must be above .*, 51s, /],
  [{ port: "80" }, /port must not be publicPort/],
  [{ port: "80", hosts: "10.0.0.1,::1" }, /port must not be publicPort/],
  [{ publicPort: "9464" }, /adminPort must not be publicPort.*got 9464 for both/],
  [
    { listen: "ports", workers: "4", publicPort: "8082" },
    /port must not be publicPort where a router runs beside the app, got 8082 within 8080 to 8083/,
  ],
  [{ listen: "unix", workers: "2", hosts: "127.0.0.1,localhost" }, /hosts must be this machine with listen: unix/],
  [{ name: "redis", engine: "redis" }, /name must not be that of the engine.*got redis/],
  [{ http: "2", clientAddress: "proxy-protocol" }, /clientAddress must be x-forwarded-for with http: 2/],
  [{ tls: "router", certificate: "acme" }, /domains must be public names with certificate: acme.*got localhost/],
  [{ tls: "router", certificate: "acme", domains: "a.example,10.0.0.1" }, /must be public names.*got 10\.0\.0\.1/],
  [{ tls: "app" }, /clientAddress must be proxy-protocol with tls: app/],
  [{ tls: "router" }, /certificate must be given with tls: router/],
  [{ certificate: "acme" }, /tls must be router or app where there is a certificate/],
])("%o is refused", (flags, message) => {
  expect(lint(deployment(flags)).join("\n")).toMatch(message);
});

describe("times", () => {
  test.each([
    ["5s", 2_000],
    ["3s", 1_200],
    ["1s", 500],
    ["0", 2_000],
  ])("all failing probes fit into %s", (notReady, interval) => {
    const { probeInterval, probeFailures, probeTimeout } = timingsOf(deployment({ notReady }));
    expect(probeInterval).toBe(interval);
    expect(probeTimeout).toBeLessThanOrEqual(probeInterval);
    if (notReady !== "0")
      expect(probeInterval * probeFailures).toBeLessThanOrEqual(Number.parseInt(notReady, 10) * 1_000);
  });

  test("SIGTERM comes after the hook", () => {
    expect(timingsOf(deployment()).stop).toBe(50_000);
  });

  test.each([
    [1, 1],
    [1_000, 1],
    [1_001, 2],
  ])("%d ms are %d s where only whole ones can be said", (milliseconds, expected) => {
    expect(seconds(milliseconds)).toBe(expected);
  });
});
