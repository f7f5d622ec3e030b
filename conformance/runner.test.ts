import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "./case.ts";
import { clientCases, serverCases } from "./cases/index.ts";
import { connectDefectiveClient, type Defect, startDefectiveServer } from "./defective-echo.ts";
import {
  formatReport,
  type Report,
  runClientSuite,
  runServerSuite,
  type SuiteOptions,
  serveClientSuite,
} from "./index.ts";
import { connectWsEcho, startWsEcho } from "./ws-echo.ts";

/** Faults that show as silence are waited for. */
const QUICK: SuiteOptions = { timeout: 500 };

async function serverReport(defect: Defect, only: string, options: SuiteOptions = {}): Promise<Report> {
  const server = await startDefectiveServer(defect);
  try {
    return await runServerSuite(server.url, { ...options, only });
  } finally {
    server.close();
  }
}

function clientReport(defect: Defect, only: string, options: SuiteOptions = {}): Promise<Report> {
  return runClientSuite(
    { connect: (url) => connectDefectiveClient(url, defect) },
    { concurrency: 2, ...options, only },
  );
}

function observations(report: Report): string[] {
  return report.results.map(({ observed = "passed" }) => observed);
}

describe("a server's defect is found", () => {
  test.each([
    ["accept", "handshake/plain", "sec-websocket-accept"],
    ["status", "handshake/plain", "HTTP/1.1 200 OK"],
    ["extension", "handshake/plain", "permessage-deflate"],
    ["wrong-mask", "framing/text-5", "malformed: a server's frame is masked"],
    ["non-minimal", "framing/text-5", "malformed: a length is not encoded"],
    ["reserved-bits", "framing/text-5", "malformed: reserved bits 100"],
    ["binary-as-text", "framing/binary-1", "text"],
    ["echo-twice", "framing/text-5", "text"],
    ["no-pong", "control/ping-5", "nothing within"],
    ["pong-payload", "control/ping-5", 'pong "?"'],
    ["takes-any-mask", "framing/unmasked-opcode-1", 'text "mask"'],
    ["takes-any-utf8", "utf8/invalid-ff", "malformed: a text message is not UTF-8"],
    ["close-code", "closing/code-3000", "Close 1001"],
    ["no-close-frame", "closing/code-3000", "end of the connection (FIN)"],
    ["no-end", "closing/code-3000", "nothing within"],
    ["echo-after-close", "closing/then-text", 'text "late"'],
  ] as const)("%s in %s", async (defect, only, observed) => {
    const options = observed.startsWith("nothing") ? QUICK : {};
    const [good, bad] = await Promise.all([serverReport("none", only), serverReport(defect, only, options)]);
    expect(observations(good).slice(0, 1)).toEqual(["passed"]);
    expect(bad.failed).toBe(bad.total - bad.passed);
    expect(observations(bad)[0]).toContain(observed);
  });
});

describe("a client's defect is found", () => {
  test.each([
    ["wrong-mask", "framing/text-5", "malformed: a client's frame is not masked"],
    ["constant-key", "handshake/masking-keys", "a repeated key"],
    ["same-handshake-key", "framing/text-5", "again"],
    ["takes-any-accept", "handshake/no-accept", "nothing within"],
    ["takes-any-mask", "framing/masked-opcode-1", 'text "mask"'],
    ["no-pong", "control/ping-5", "nothing within"],
    ["no-close-frame", "closing/code-3000", "end of the connection (FIN)"],
  ] as const)("%s in %s", async (defect, only, observed) => {
    const options = observed.startsWith("nothing") ? QUICK : {};
    const [good, bad] = await Promise.all([clientReport("none", only), clientReport(defect, only, options)]);
    expect(observations(good).slice(0, 1)).toEqual(["passed"]);
    expect(observations(bad).join("\n")).toContain(observed);
  });
});

describe("the tables", () => {
  test.each([
    ["server", serverCases(DEFAULT_LIMITS)],
    ["client", clientCases(DEFAULT_LIMITS)],
  ] as const)("%s: every id is unique and begins with its section", (role, cases) => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(cases.filter(({ id, section }) => !id.startsWith(`${section}/`))).toEqual([]);
    expect(cases.filter(({ opening }) => opening.role !== role)).toEqual([]);
    expect(cases.length).toBeGreaterThan(1_000);
  });
});

describe("profiles", () => {
  test("a connection that just ends is a failure in strict only", async () => {
    const only = "framing/unmasked-opcode-1";
    const [strict, rfc] = await Promise.all([
      serverReport("no-close-frame", only, { profile: "strict" }),
      serverReport("no-close-frame", only, { profile: "rfc" }),
    ]);
    expect(strict.passed).toBe(0);
    expect(rfc.failed).toBe(0);
  });

  test("strict cases are not run in the rfc profile", async () => {
    const report = await serverReport("none", "utf8/early-", { profile: "rfc" });
    expect(report.total).toBe(0);
  });
});

describe("ws as a peer", () => {
  const sections = [
    "handshake/plain",
    "framing/text-",
    "fragmentation/",
    "control/ping",
    "utf8/valid",
    "deflate/example",
  ];

  test.each(sections)("a server passes %s", async (only) => {
    const server = await startWsEcho({ compression: true, maxSize: DEFAULT_LIMITS.maxSize });
    const report = await runServerSuite(server.url, { only });
    await server.close();
    expect(report.results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect(report.total).toBeGreaterThan(0);
  });

  test.each(sections)("a client passes %s", async (only) => {
    const echo = { compression: true, maxSize: DEFAULT_LIMITS.maxSize };
    const report = await runClientSuite({ connect: (url) => connectWsEcho(url, echo) }, { only });
    expect(report.results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect(report.total).toBeGreaterThan(0);
  });

  test("without compression those cases are skipped, with a reason", async () => {
    const server = await startWsEcho({ compression: false, maxSize: DEFAULT_LIMITS.maxSize });
    const report = await runServerSuite(server.url, { only: "deflate/example" });
    await server.close();
    expect(report).toMatchObject({ passed: 0, failed: 0, skipped: report.total });
    expect(formatReport(report)).toContain("skipped: the server declined permessage-deflate");
  });
});

describe("a client that somebody else starts", () => {
  const CLIENT = `
    const run = async (url) => {
      for (;;) {
        const socket = require("node:net").connect(Number(new URL(url).port), "127.0.0.1");
        socket.write("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
        const head = await new Promise((resolve) => socket.once("data", resolve).once("close", () => resolve("")));
        socket.destroy();
        if (String(head).startsWith("HTTP/1.1 410")) return;
      }
    };
    run(process.argv[1]);`;

  test("it is told to stop by 410, and every case has a result", async () => {
    const start = (url: string): Promise<unknown> =>
      new Promise((resolve) => spawn(process.execPath, ["-e", CLIENT, url]).once("exit", resolve));
    const report = await serveClientSuite(start, { only: "handshake/no-" });
    expect(report.failed).toBe(report.total);
    expect(observations(report)[0]).toContain("none");
  });

  test("it fails the cases that it did not come for", async () => {
    const report = await serveClientSuite(() => Promise.resolve(), { only: "handshake/plain" });
    expect(report).toMatchObject({ total: 1, failed: 1 });
    expect(formatReport(report)).toContain("expected a connection from the client");
  });
});

test("a URL that is not ws: or wss: is refused", async () => {
  await expect(runServerSuite("http://127.0.0.1/")).rejects.toThrow("must begin with ws: or wss:");
});

test("a server that is not there is told from one that fails", async () => {
  const server = await startDefectiveServer("none");
  server.close();
  await expect(runServerSuite(server.url)).rejects.toThrow("must be reachable, got connect ECONNREFUSED");
});
