import { describe, expect, test } from "vitest";
import { deployment } from "../../test/support/deployment.ts";
import { lint } from "./lint.ts";
import { seconds, timingsOf } from "./timings.ts";

test("the defaults agree with one another", () => {
  expect(lint(deployment())).toEqual([]);
});

test.each<[Record<string, string>, RegExp]>([
  [{ pingInterval: "30s", idleTimeout: "60s" }, /pingInterval must be below half of idleTimeout.*got 30s and 1m/],
  [{ grace: "30s" }, /grace must be above .*, 50s, .*got 30s/],
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
  [{ port: "80" }, /port must not be publicPort/],
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
