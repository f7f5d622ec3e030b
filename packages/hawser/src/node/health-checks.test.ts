import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { createRequestHead } from "../handshake/http-request.ts";
import { type HealthCheckPaths, healthChecks, type ReadinessSource } from "./health-checks.ts";
import { PendingConnection } from "./pending-connection.ts";

type Source = ReadinessSource | (() => ReadinessSource | undefined);

const NOWHERE = { localAddress: undefined, localPort: undefined, remoteAddress: undefined, remotePort: undefined };

async function ask(server: Source, path: string, method = "GET", paths?: HealthCheckPaths) {
  const headers = new HttpHeaders();
  const request = createRequestHead({ method, path, httpVersion: "1.1", headers, isSecure: false });
  const connection = new PendingConnection({ ...NOWHERE, isSecure: false });
  return await healthChecks(server, paths)(request, connection);
}

async function statusOf(...question: Parameters<typeof ask>): Promise<number | undefined> {
  return (await ask(...question))?.status;
}

const READY = { isReady: true };
const NOT_READY = { isReady: false };

function failing(): never {
  throw new ReferenceError("Cannot access 'server' before initialization");
}

describe.each(["GET", "HEAD"])("%s", (method) => {
  test.each([
    ["/livez", 200, 200],
    ["/readyz", 200, 503],
    ["/healthz", 200, 503],
    ["/readyz?verbose", 200, 503],
    ["/", undefined, undefined],
    ["/readyz/", undefined, undefined],
    ["/READYZ", undefined, undefined],
    ["//readyz", undefined, undefined],
    ["/chat?/readyz", undefined, undefined],
  ])("%s is %s while ready, else %s", async (path, ready, notReady) => {
    expect(await statusOf(READY, path, method)).toBe(ready);
    expect(await statusOf(() => READY, path, method)).toBe(ready);
    expect(await statusOf(NOT_READY, path, method)).toBe(notReady);
    expect(await statusOf(() => NOT_READY, path, method)).toBe(notReady);
    expect(await statusOf(() => undefined, path, method)).toBe(notReady);
    expect(await statusOf(failing, path, method)).toBe(notReady);
  });
});

test.each(["POST", "PUT", "OPTIONS", "get"])("%s is left to the handshake", async (method) => {
  expect(await ask(READY, "/readyz", method)).toBeUndefined();
});

test("answers are short texts that nobody keeps", async () => {
  const ready = await ask(READY, "/readyz");
  expect([...ready!.headers]).toEqual([
    ["cache-control", "no-store"],
    ["content-type", "text/plain; charset=utf-8"],
  ]);
  expect(await ready!.text()).toBe("ok\n");
  const notReady = await ask(NOT_READY, "/readyz");
  expect([notReady!.headers.get("Cache-Control"), notReady!.headers.get("Retry-After")]).toEqual(["no-store", "5"]);
  expect(await notReady!.text()).toBe("not ready\n");
});

describe("verbose", () => {
  const ALL = { accepting: true, backplane: true, capacity: true };

  test.each<[string, Source, string, number, string]>([
    ["liveness", NOT_READY, "/livez?verbose", 200, "[+] event loop\nok\n"],
    ["nothing there yet", failing, "/readyz?verbose", 503, "[-] started\nnot ready\n"],
    ["nothing to look at but the whole", READY, "/readyz?verbose=1", 200, "[+] ready\nok\n"],
    [
      "all well",
      { isReady: true, readiness: ALL },
      "/readyz?a&verbose",
      200,
      "[+] accepting\n[+] backplane\n[+] capacity\nok\n",
    ],
    [
      "draining",
      { isReady: false, readiness: { ...ALL, accepting: false } },
      "/healthz?verbose",
      503,
      "[-] accepting\n[+] backplane\n[+] capacity\nnot ready\n",
    ],
    [
      "without its backplane",
      { isReady: false, readiness: { ...ALL, backplane: false } },
      "/readyz?verbose",
      503,
      "[+] accepting\n[-] backplane\n[+] capacity\nnot ready\n",
    ],
    [
      "full",
      { isReady: true, readiness: { ...ALL, capacity: false } },
      "/readyz?verbose",
      503,
      "[+] accepting\n[+] backplane\n[-] capacity\nnot ready\n",
    ],
    [
      "for reasons of its own",
      { isReady: false, readiness: ALL },
      "/readyz?verbose",
      503,
      "[+] accepting\n[+] backplane\n[+] capacity\n[-] ready\nnot ready\n",
    ],
    ["not asked for", { isReady: true, readiness: ALL }, "/readyz?verbosely", 200, "ok\n"],
  ])("%s", async (_case, server, path, status, text) => {
    const response = await ask(server, path);
    expect([response!.status, await response!.text()]).toEqual([status, text]);
  });
});

test("readiness is asked each time", async () => {
  const server = { isReady: false };
  const hook = healthChecks(server);
  const parts = {
    method: "GET",
    path: "/readyz",
    httpVersion: "1.1",
    headers: new HttpHeaders(),
    isSecure: false,
  } as const;
  const connection = new PendingConnection({ ...NOWHERE, isSecure: false });
  expect((await hook(createRequestHead(parts), connection))?.status).toBe(503);
  server.isReady = true;
  expect((await hook(createRequestHead(parts), connection))?.status).toBe(200);
});

describe("paths", () => {
  test("can be changed, and left out", async () => {
    const paths = { livez: "/-/alive", healthz: null };
    expect(await statusOf(NOT_READY, "/-/alive", "GET", paths)).toBe(200);
    expect(await statusOf(READY, "/livez", "GET", paths)).toBeUndefined();
    expect(await statusOf(READY, "/readyz", "GET", paths)).toBe(200);
    expect(await statusOf(READY, "/healthz", "GET", paths)).toBeUndefined();
  });

  test.each([
    [{ readyz: "ready" }, 'readyz must be a path such as "/readyz", without a query, got "ready"'],
    [{ livez: "/a?b" }, 'livez must be a path such as "/livez", without a query, got "/a?b"'],
    [{ livez: "/a b" }, 'livez must be a path such as "/livez", without a query, got "/a b"'],
    [{ healthz: 5 }, 'healthz must be a path such as "/healthz", without a query, got "5"'],
    [{ livez: "/healthz" }, 'livez and healthz must be different paths, both are "/healthz"'],
    [{ live: "/a" }, 'there is no option "live", did you mean "livez"?'],
  ])("%j are refused", (paths, message) => {
    expect(() => healthChecks(READY, paths as never)).toThrow(new TypeError(`Cannot set up healthChecks: ${message}`));
  });
});

test.each([undefined, null, {}])("%j is no server", (server) => {
  expect(() => healthChecks(server as never)).toThrow(
    new TypeError(
      `Cannot set up healthChecks: server must be a server or a function that returns it, got ${String(server)}`,
    ),
  );
});
