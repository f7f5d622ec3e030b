import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { FakeSupervision, START, workerStatus } from "../../test/support/fake-supervision.ts";
import { CommandError } from "../command.ts";
import { type AdminEndpoint, type AdminOptions, startAdmin } from "./admin-endpoint.ts";

let supervision: FakeSupervision;
let endpoint: AdminEndpoint;

async function open(options: Partial<AdminOptions> = {}): Promise<AdminEndpoint> {
  const address = { host: "127.0.0.1", port: 0 };
  const { kill } = supervision;
  const opened = await startAdmin(supervision, { address, token: undefined, name: undefined, kill, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

beforeEach(async () => {
  supervision = new FakeSupervision();
  endpoint = await open();
});

afterEach(() => {
  vi.useRealTimers();
});

interface Asking {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(path: string, { method = "GET", body, headers = {} }: Asking = {}) {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const request = httpRequest({ ...endpoint.address, path, method, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response), headers: response.headers });
    });
    request.on("error", reject).end(body);
  });
}

const post = (path: string, body?: unknown) => {
  return ask(path, { method: "POST", ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
};

describe("probes", () => {
  test.each<[what: string, change: Parameters<FakeSupervision["update"]>[0], ready: number]>([
    ["two workers are ready", {}, 200],
    ["one of two is ready", { workers: [workerStatus(1), workerStatus(2, { state: "starting" })] }, 200],
    ["none is ready yet", { state: "starting", workers: [workerStatus(1, { state: "starting" })] }, 503],
    ["all are draining", { workers: [workerStatus(1, { state: "draining" })] }, 503],
    ["there is none", { workers: [] }, 503],
    ["a rolling restart goes on", { state: "restarting" }, 200],
    ["it is stopping, with workers that are ready still", { state: "stopping" }, 503],
    ["it has given up", { state: "failed" }, 503],
  ])("%s", async (_what, change, ready) => {
    supervision.update(change);
    const answers = await Promise.all(["/livez", "/readyz", "/healthz"].map((path) => ask(path)));
    expect(answers.map(({ status }) => status)).toEqual([200, ready, ready]);
    expect(answers.map(({ body }) => body)).toEqual(["ok\n", ...Array(2).fill(ready === 200 ? "ok\n" : "not ready\n")]);
  });

  test("?verbose explains", async () => {
    const workers = [workerStatus(1), workerStatus(2, { state: "starting" }), workerStatus(3, { state: "draining" })];
    supervision.update({ state: "stopping", workers });
    const { status, body } = await ask("/readyz?verbose");
    expect([status, body]).toEqual([
      503,
      "[-] supervisor: stopping\n[+] workers: 1 of 2 ready, 1 starting, 1 draining\nnot ready\n",
    ]);
    expect((await ask("/livez?verbose")).body).toBe("[+] supervisor: answers, stopping\nok\n");
  });

  test("HEAD has no body", async () => {
    const { status, body, headers } = await ask("/readyz", { method: "HEAD" });
    expect([status, body, headers["content-length"]]).toEqual([200, "", "3"]);
  });
});

test("/status is the supervision's own, with the service's name", async () => {
  endpoint = await open({ name: "chat" });
  const { status, headers, body } = await ask("/status");
  expect([status, headers["content-type"], headers["cache-control"]]).toEqual([
    200,
    "application/json; charset=utf-8",
    "no-store",
  ]);
  expect(JSON.parse(body)).toEqual({ name: "chat", ...JSON.parse(JSON.stringify(supervision.status())) });
});

describe("/metrics", () => {
  test("those of the workers, labelled, and the supervisor's own", async () => {
    const snapshot = [
      { name: "websocket_connections", help: "Open connections", type: "gauge", samples: [{ labels: {}, value: 7 }] },
    ] as const;
    supervision.parts = [
      { labels: { worker: "1" }, snapshot },
      { labels: { worker: "2" }, snapshot },
    ];
    supervision.update({ drain: { of: 300, left: 120, until: START }, startedAt: Date.now() - 5_000 });
    const { headers, body } = await ask("/metrics");
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = body.split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "# TYPE websocket_connections gauge",
        'websocket_connections{worker="1"} 7',
        'websocket_connections{worker="2"} 7',
        'websocket_supervisor_info{version="1.2.3"} 1',
        'websocket_supervisor_state{state="running"} 1',
        'websocket_supervisor_state{state="stopping"} 0',
        'websocket_workers{state="ready"} 2',
        "websocket_workers_target 2",
        "websocket_connections_per_worker 150",
        "websocket_worker_cpu_ratio 0.25",
        "websocket_supervisor_drain_connections_left 120",
        'websocket_worker_memory_bytes{worker="2"} 67108864',
        'websocket_worker_lag_seconds{worker="1"} 0.012',
        "# TYPE websocket_worker_restarts_total counter",
      ]),
    );
    expect(body).toMatch(/^process_cpu_seconds_total\{worker="supervisor"\} \d/m);
    expect(body).toMatch(/^websocket_supervisor_uptime_seconds [5-9]\.?\d*$/m);
    expect(body).not.toMatch(/undefined|NaN/);
  });

  test("two workers in one place in a restart are one series", async () => {
    supervision.update({
      workers: [workerStatus(1, { restarts: 3, generation: 2 }), workerStatus(1, { restarts: 2 })],
    });
    const { body } = await ask("/metrics");
    expect(body.match(/^websocket_worker_restarts_total.*$/gm)).toEqual([
      'websocket_worker_restarts_total{worker="1"} 3',
    ]);
  });
});

describe("commands", () => {
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test("POST /stop", async () => {
    expect(await post("/stop")).toMatchObject({ status: 202, body: '{"state":"stopping"}\n' });
    await settled();
    expect(supervision.calls).toEqual(["stop"]);
  });

  test('POST /stop {"now": true}', async () => {
    expect((await post("/stop", { now: true })).status).toBe(202);
    await settled();
    expect(supervision.calls).toEqual(["kill"]);
  });

  test("what a stop throws goes nowhere", async () => {
    supervision.onStop = () => {
      throw new Error("cannot");
    };
    expect((await post("/stop")).status).toBe(202);
    await settled();
    expect((await ask("/livez")).status).toBe(200);
  });

  test("POST /restart answers at once, with ?wait at the end", async () => {
    let resolve = () => {};
    const restarted = new Promise<void>((done) => {
      resolve = done;
    });
    supervision.onRestart = () => restarted;
    expect(await post("/restart")).toMatchObject({ status: 202, body: '{"state":"restarting"}\n' });
    const waiting = post("/restart?wait");
    await vi.waitFor(() => expect(supervision.calls).toHaveLength(2));
    resolve();
    expect(await waiting).toMatchObject({ status: 200, body: '{"state":"running"}\n' });
  });

  test("a restart that fails is told to who waits, and to nobody else", async () => {
    supervision.onRestart = () => Promise.reject(new Error("Cannot restart: worker 1 ended with 1"));
    expect((await post("/restart")).status).toBe(202);
    expect(await post("/restart?wait")).toMatchObject({
      status: 409,
      body: '{"error":"Cannot restart: worker 1 ended with 1."}\n',
    });
  });

  test("POST /workers", async () => {
    expect(await post("/workers", { target: 4 })).toMatchObject({ status: 200, body: '{"before":2,"target":4}\n' });
    supervision.limit = 6;
    expect(await post("/workers", { target: 9 })).toMatchObject({
      status: 409,
      body: '{"error":"There will be 6 workers, not 9: --workers is the limit."}\n',
    });
  });

  test.each<[path: string, body: string]>([
    ["/workers", ""],
    ["/workers", "{}"],
    ["/workers", '{"target": 0}'],
    ["/workers", '{"target": 1025}'],
    ["/workers", '{"target": "4"}'],
    ["/workers", '{"target": 2.5}'],
    ["/workers", "[4]"],
    ["/workers", "null"],
    ["/workers", '{"target": 4'],
    ["/stop", '{"now": "yes"}'],
    ["/stop", "now"],
  ])("POST %s %s is refused", async (path, body) => {
    const { status, body: answer } = await ask(path, { method: "POST", body });
    expect([status, Object.keys(JSON.parse(answer))]).toEqual([400, ["error"]]);
    expect(supervision.calls).toEqual([]);
  });
});

describe("what is refused", () => {
  test.each<[what: string, path: string, asking: Asking, status: number, sentence: string]>([
    ["another path", "/", {}, 404, "There are /livez, /readyz,"],
    ["a path within one", "/status/x", {}, 404, "There are"],
    ["another method", "/stop", {}, 405, "/stop takes POST alone."],
    ["the other way round", "/status", { method: "DELETE" }, 405, "/status takes GET alone."],
    [
      "a preflight",
      "/stop",
      { method: "OPTIONS", headers: { Origin: "http://a.test" } },
      405,
      "/stop takes POST alone.",
    ],
    ["a page", "/stop", { method: "POST", headers: { Origin: "http://a.test" } }, 403, "Requests of web pages"],
    ["another host", "/status", { headers: { Host: "a.test" } }, 403, "The Host header names neither"],
    [
      "a large body",
      "/workers",
      { method: "POST", body: "x".repeat(2_000) },
      413,
      "The body must have at most 1024 bytes.",
    ],
  ])("%s", async (_what, path, asking, status, sentence) => {
    const answer = await ask(path, asking);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error).toContain(sentence);
    expect(supervision.calls).toEqual([]);
  });

  test("what is no HTTP, and a head that is too large", async () => {
    expect(await raw("hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*\{"error":"Bad Request\."\}\n$/);
    expect(await raw(`GET /livez HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(9_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("who leaves in the middle leaves nothing behind", async () => {
    const socket = connect(endpoint.address);
    socket.write("POST /workers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n{");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.destroy();
    expect((await ask("/livez")).status).toBe(200);
  });

  function raw(bytes: string): Promise<string> {
    const socket = connect(endpoint.address);
    socket.end(bytes);
    return text(socket);
  }
});

describe("who is slow is cut off", () => {
  test.each([
    ["with a head", "GET /livez HTTP/1.1\r\nHost: localhost\r\n"],
    ["with a body", "POST /workers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\n\r\n{"],
    ["and says nothing at all", ""],
  ])("%s", async (_what, words) => {
    const errors: unknown[] = [];
    const patience = { head: 50, request: 50, answer: 50 };
    const { address } = await open({ patience, onError: (error) => errors.push(error) });
    const socket = connect(address.port, address.host);
    socket.write(words);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(errors).toEqual([]);
  });

  test("in taking the answer", async () => {
    const labels = { one: "x".repeat(2 ** 25) };
    const family = { name: "numbers", help: "", type: "gauge", samples: [{ labels, value: 1 }] } as const;
    supervision.parts = [{ labels: {}, snapshot: [family] }];
    const { address } = await open({ patience: { head: 5_000, request: 5_000, answer: 50 } });
    const socket = connect(address.port, address.host)
      .pause()
      .on("error", () => {});
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // Who does not read learns of the end by writing
    const probing = setInterval(() => socket.write("x"), 200);
    onTestFinished(() => clearInterval(probing));
    await closed;
  });
});

test("an error of the supervision is a 500, and told", async () => {
  const errors: unknown[] = [];
  endpoint = await open({ onError: (error) => errors.push(error) });
  vi.spyOn(supervision, "metrics").mockRejectedValue(new Error("worker 2 is mute"));
  expect(await ask("/metrics")).toMatchObject({
    status: 500,
    body: '{"error":"The supervisor could not answer; its log says why."}\n',
  });
  expect(errors).toEqual([new Error("worker 2 is mute")]);
  expect((await ask("/livez")).status).toBe(200);
});

test("a token is asked for by what changes something", async () => {
  endpoint = await open({ token: "right" });
  expect((await ask("/status")).status).toBe(200);
  expect(await post("/stop")).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
  const headers = { Authorization: "Bearer right" };
  expect((await ask("/restart", { method: "POST", headers })).status).toBe(202);
  expect(supervision.calls).toEqual(["restart"]);
});

test("an address that is taken", async () => {
  const { port } = endpoint.address;
  const again = open({ address: { host: "127.0.0.1", port } });
  await expect(again).rejects.toThrow(
    new CommandError(
      `the admin endpoint can't listen at 127.0.0.1:${port}: another program listens there. ` +
        "Choose another place with --admin HOST:PORT, or --admin off.",
    ),
  );
});
