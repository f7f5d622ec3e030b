/** What `hawser/metrics` tells of servers and of the process. */

import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { basicAuth, broadcast, CloseCode, healthChecks, respond, type Server } from "hawser";
import {
  createMetrics,
  type MetricSnapshot,
  mergeSnapshots,
  metricsEndpoint,
  prometheusText,
  type ValueSample,
} from "hawser/metrics";
import { memoryEngine } from "hawser/pubsub";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { within } from "./support/deadline.ts";
import { parsePrometheus } from "./support/prometheus-parser.ts";
import { answerTo, openClient, rawClient, upgradeRequest } from "./support/raw-client.ts";
import { echo, idle, serving, untilCounted } from "./support/serving.ts";
import { frame } from "./support/wire.ts";

type Values = Record<string, number>;

/** A family's values by their labels' values; a histogram's counts. */
function valuesOf(snapshot: MetricSnapshot, name: string): Values {
  const family = snapshot.find((one) => one.name === `websocket_${name}`);
  if (family === undefined) throw new Error(`there is no ${name}`);
  return Object.fromEntries(
    family.samples.map((sample) => [
      Object.values(sample.labels).join(" "),
      "buckets" in sample ? sample.count : sample.value,
    ]),
  );
}

function read(server: Server, name: string): Values {
  return valuesOf(createMetrics({ server, runtime: false }).snapshot(), name);
}

const PLAIN = { compression: false } as const;

describe("messages and bytes", () => {
  test("both ways, by type, as payload and on the wire", async () => {
    const server = await serving(echo, PLAIN);
    createMetrics({ server, runtime: false });
    const client = await openClient(server.port);
    client.send(frame({ opcode: "text", payload: "é" }), frame({ opcode: "binary", payload: new Uint8Array(300) }));
    await client.frame({ opcode: 1 });
    await client.frame({ opcode: 2 });
    expect(read(server, "messages_total")).toEqual({
      "received text": 1,
      "received binary": 1,
      "sent text": 1,
      "sent binary": 1,
    });
    const wire = 2 + 2 + 4 + 300;
    expect(read(server, "bytes_total")).toEqual({
      "received payload": 302,
      "received wire": wire + 8,
      "sent payload": 302,
      "sent wire": wire,
    });
    expect(read(server, "message_size_bytes")).toEqual({ received: 2, sent: 2 });
  });

  test("compressed ones count as what they were, and as what they became", async () => {
    const server = await serving(idle);
    const offer = { "Sec-WebSocket-Extensions": "permessage-deflate" };
    const client = await openClient(server.port, "/", offer);
    const [ws] = server.connections;
    await ws!.send("a".repeat(1000));
    broadcast([ws!, ws!, ws!, ws!], "b".repeat(1000));
    for (let index = 0; index < 5; index++) await client.frame({ opcode: 1 });
    const { "sent payload": payload, "sent wire": onWire } = read(server, "bytes_total");
    expect(payload).toBe(5000);
    expect(onWire).toBeLessThan(500);
    expect(read(server, "compression_windows")["hot"]).toBeGreaterThan(0);
  });
});

describe("connections", () => {
  test("by state, and how they opened and ended", async () => {
    const server = await serving(idle, { ...PLAIN, closeTimeout: 50 });
    const [first, second] = [await openClient(server.port), await openClient(server.port)];
    await rawClient(server.port);
    await untilCounted(server, { connections: 2, openings: 1 });
    expect(read(server, "connections_active")).toEqual({ opening: 1, open: 2, closing: 0 });
    first.send(frame({ opcode: "close", payload: Uint8Array.of(0x0f, 0xa1) }));
    await untilCounted(server, { connections: 1 });
    const [ws] = server.connections;
    void ws!.close(CloseCode.POLICY_VIOLATION);
    expect(read(server, "connections_active")).toEqual({ opening: 1, open: 0, closing: 1 });
    await second.closed();
    await untilCounted(server, { connections: 0 });
    expect(read(server, "connections_closed_total")).toEqual({ "4xxx client": 1, "1008 server": 1 });
    expect(read(server, "connections_opened_total")).toEqual({ "accepted none": 2, "aborted none": 0 });
    for (const name of ["handshake", "connection", "close"]) {
      expect(read(server, `${name}_duration_seconds`)).toEqual({ "": 2 });
    }
  });

  test("a lost connection has neither code nor end of its own", async () => {
    const server = await serving(idle, PLAIN);
    const client = await openClient(server.port);
    client.socket.destroy();
    await untilCounted(server, { closed: 1 });
    expect(read(server, "connections_closed_total")).toEqual({ "1006 none": 1 });
    expect(read(server, "close_duration_seconds")).toEqual({ "": 0 });
  });

  test.each([
    ["of a rule", upgradeRequest("/", { "Sec-WebSocket-Key": "short" }), "refused key_invalid", "400"],
    ["of the origin", upgradeRequest("/", { Origin: "https://evil.example" }), "refused origin_not_allowed", "403"],
    ["of the hook", upgradeRequest("/no"), "refused hook", "418"],
    ["it is full", upgradeRequest("/"), "refused unavailable", "503"],
    ["there was no upgrade", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "refused upgrade_required", "426"],
    ["there was no request", "nonsense\r\n\r\n", "refused request_line_malformed", "400"],
  ])("a handshake is refused because %s", async (_case, request, reason, status) => {
    const maxConnections = reason.endsWith("unavailable") ? 1 : 100;
    const server = await serving(idle, {
      ...PLAIN,
      maxConnections,
      processRequest: ({ path }) => (path === "/no" ? respond(418, "no") : undefined),
    });
    await openClient(server.port);
    await answerTo(server.port, request);
    expect(read(server, "connections_opened_total")).toMatchObject({ "accepted none": 1, [reason]: 1 });
    expect(read(server, "handshake_rejected_total")).toEqual({ [status]: 1 });
    expect(read(server, "http_answers_total")).toEqual({});
  });

  test("one that takes too long, and one that leaves", async () => {
    const server = await serving(idle, { ...PLAIN, openTimeout: 50 });
    const silent = await rawClient(server.port);
    const leaving = await rawClient(server.port);
    await untilCounted(server, { openings: 2 });
    leaving.socket.destroy();
    expect((await silent.response()).status).toBe(408);
    await untilCounted(server, { openings: 0 });
    expect(read(server, "connections_opened_total")).toEqual({
      "accepted none": 0,
      "refused timeout": 1,
      "aborted none": 1,
    });
  });

  test("a client that answers no ping, and one that does", async () => {
    const server = await serving(idle, { ...PLAIN, pingInterval: 20, pingTimeout: 30, closeTimeout: 20 });
    await openClient(server.port);
    await untilCounted(server, { closed: 1 });
    expect(read(server, "pings_timeouts_total")).toEqual({ "": 1 });
    expect(read(server, "client_faults_total")).toEqual({ "": 0 });
    expect(read(server, "connections_closed_total")).toEqual({ "1011 server": 1 });
    const client = await openClient(server.port);
    const ping = await client.frame({ opcode: 9 });
    client.send(frame({ opcode: "pong", payload: ping.payload }));
    await vi.waitFor(() => expect(read(server, "ping_rtt_seconds")).toEqual({ "": 1 }), { interval: 5 });
  });

  test("the client's fault is not the application's", async () => {
    const server = await serving(
      {
        message() {
          throw new Error("ours");
        },
      },
      PLAIN,
    );
    const [faulty, unlucky] = [await openClient(server.port), await openClient(server.port)];
    faulty.write(Uint8Array.of(0xf1, 0x80, 0, 0, 0, 0));
    unlucky.text("x");
    await Promise.all([faulty.closed(), unlucky.closed()]);
    await untilCounted(server, { closed: 2 });
    expect([read(server, "client_faults_total"), read(server, "handler_failures_total")]).toEqual([
      { "": 1 },
      { "": 1 },
    ]);
    expect(read(server, "connections_closed_total")).toEqual({ "1002 server": 1, "1011 server": 1 });
  });

  test.each(["close", "skip"] as const)("a slow consumer, policy %s", async (policy) => {
    const server = await serving(idle, { ...PLAIN, slowConsumer: { policy, maxBuffered: 1_024 }, closeTimeout: 50 });
    const client = await openClient(server.port);
    client.stopReading();
    const chunk = new Uint8Array(1_048_576);
    await vi.waitFor(() => {
      const { sent } = broadcast(server.connections, chunk);
      expect(sent).toBe(0);
    });
    expect(read(server, "slow_consumer_total")[policy]).toBeGreaterThan(0);
    expect(read(server, "send_buffer_bytes")[""]).toBeGreaterThan(1_024);
    expect(read(server, "broadcast_duration_seconds")[""]).toBeGreaterThan(0);
  });

  test("draining, and how far it is", async () => {
    const server = await serving(idle, { ...PLAIN, closeTimeout: 50 });
    const clients = [await openClient(server.port), await openClient(server.port)];
    await untilCounted(server, { connections: 2 });
    expect([read(server, "ready"), read(server, "draining")]).toEqual([{ "": 1 }, { "": 0 }]);
    const drained = server.drain({ notReady: 0, window: 60_000 });
    await clients[0]!.closed();
    await untilCounted(server, { connections: 1 });
    expect([read(server, "ready"), read(server, "draining")]).toEqual([{ "": 0 }, { "": 1 }]);
    expect(read(server, "drain_progress_ratio")).toEqual({ "": 0.5 });
    void server.close();
    await within("drain", drained);
    expect(read(server, "drain_progress_ratio")).toEqual({ "": 1 });
  });
});

describe("topics", () => {
  test("subscriptions, publications, recoveries and the engine", async () => {
    const engine = memoryEngine();
    const options = { ...PLAIN, topics: { history: true } as const, backplane: engine.backplane() };
    const [server, other] = [
      await serving(idle, options),
      await serving(idle, { ...options, backplane: engine.backplane() }),
    ];
    const client = await openClient(server.port);
    await untilCounted(server, { connections: 1 });
    const [ws] = server.connections;
    await ws!.subscribe("a");
    const { epoch } = await server.history("a");
    await server.publish("a", "1").confirmed;
    await other.publish("a", "2").confirmed;
    await client.frame({});
    await client.frame({});
    ws!.unsubscribe("a");
    await ws!.subscribe("a", { since: { epoch, offset: 1 } });
    await ws!.subscribe("b", { since: { epoch: "another", offset: 1 } });
    expect(read(server, "topics")).toEqual({ "": 2 });
    expect(read(server, "subscriptions")).toEqual({ "": 2 });
    expect(read(server, "publish_total")).toEqual({ "": 1 });
    expect(read(server, "delivered_total")).toEqual({ "": 2 });
    expect(read(server, "recovered_total")).toEqual({ recovered: 1, incomplete: 1, ended: 0 });
    expect(read(server, "engine_up")).toEqual({ memory: 1 });
    expect(read(server, "engine_publish_total")).toEqual({ memory: 1 });
    expect(read(server, "engine_errors_total")).toEqual({ "memory failed": 0, "memory gaps": 0, "memory rejected": 0 });
    const both = createMetrics({ server: [server, other], runtime: false }).snapshot();
    expect(valuesOf(both, "publish_total")).toEqual({ "": 2 });
  });
});

describe("of the process", () => {
  test("without naming a server: all there are, and what the closed ones have counted", async () => {
    const metrics = createMetrics({ runtime: false });
    const accepted = () => valuesOf(metrics.snapshot(), "connections_opened_total")["accepted none"]!;
    const before = accepted();
    const server = await serving(echo, PLAIN);
    const client = await openClient(server.port);
    client.text("abc");
    await client.message();
    expect(accepted()).toBe(before + 1);
    const sized = valuesOf(metrics.snapshot(), "message_size_bytes")["received"];
    await server.close();
    expect(accepted()).toBe(before + 1);
    expect(valuesOf(metrics.snapshot(), "message_size_bytes")["received"]).toBe(sized);
    expect(valuesOf(metrics.snapshot(), "connections_active")["open"]).toBe(0);
  });

  test("event loop, memory, CPU time, collections, descriptors; closing ends the measuring, not the reading", async () => {
    const metrics = createMetrics({ prefix: "" });
    onTestFinished(() => metrics.close());
    await delay(60);
    const names = () => new Map(metrics.snapshot().map((family) => [family.name, family]));
    const only = (name: string) => (names().get(name)?.samples[0] as ValueSample | undefined)?.value;
    expect(only("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
    expect(only("process_cpu_seconds_total")).toBeGreaterThan(0);
    expect(only("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThanOrEqual(0);
    expect(only("nodejs_eventloop_utilization")).toBeLessThanOrEqual(1);
    expect(
      names()
        .get("nodejs_gc_duration_seconds")
        ?.samples.map(({ labels }) => labels["kind"]),
    ).toContain("major");
    if (process.platform === "linux") expect(only("process_open_fds")).toBeGreaterThan(3);
    expect(names().has("connections_active")).toBe(true);
    metrics.close();
    expect(only("process_resident_memory_bytes")).toBeGreaterThan(0);
  });

  test("the text is Prometheus', and promtool, where it is there, has nothing against it", async () => {
    const server = await serving(echo);
    const client = await openClient(server.port);
    client.text("abc");
    await client.message();
    await answerTo(server.port, upgradeRequest("/", { Origin: "https://evil.example" }));
    const metrics = createMetrics();
    onTestFinished(() => metrics.close());
    const text = metrics.text();
    const families = parsePrometheus(text);
    for (const { name, samples } of metrics.snapshot()) expect(families.has(name)).toBe(samples.length > 0);
    const { error, status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input: text,
      encoding: "utf8",
    });
    if (error === undefined) expect(`${status} ${stdout}${stderr}`).toBe("0 ");
  });

  test("a snapshot survives JSON, and those of two workers make one", async () => {
    const server = await serving(echo);
    const snapshot = createMetrics({ server, runtime: false }).snapshot();
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    const merged = mergeSnapshots([1, 2].map((worker) => ({ labels: { worker: String(worker) }, snapshot })));
    const open = merged.find(({ name }) => name === "websocket_ready")!;
    expect(open.samples.map(({ labels }) => labels["worker"])).toEqual(["1", "2"]);
    expect(parsePrometheus(prometheusText(merged)).size).toBeGreaterThan(20);
  });
});

describe("metricsEndpoint", () => {
  test("answers GET and HEAD of its path, and nothing else", async () => {
    const server = await serving(echo, { processRequest: metricsEndpoint(createMetrics({ runtime: false })) });
    const url = `http://127.0.0.1:${server.port}`;
    const response = await fetch(`${url}/metrics?debug=1`);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    expect(parsePrometheus(await response.text()).has("websocket_ready")).toBe(true);
    const head = await fetch(`${url}/metrics`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await fetch(`${url}/other`)).status).toBe(426);
    expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(405);
    expect(read(server, "http_answers_total")).toEqual({ 200: 2 });
  });

  test("a full server says that it is", async () => {
    const server: Server = await serving(idle, {
      ...PLAIN,
      maxConnections: 1,
      processRequest: healthChecks(() => server),
    });
    const readyz = async () => (await fetch(`http://127.0.0.1:${server.port}/readyz`)).status;
    expect([await readyz(), server.readiness.capacity]).toEqual([200, true]);
    await openClient(server.port);
    expect([await readyz(), server.readiness.capacity, server.isReady]).toEqual([503, false, true]);
  });

  test("goes behind a password", async () => {
    const auth = basicAuth({ credentials: ["prometheus", "secret"] });
    const endpoint = metricsEndpoint(createMetrics({ runtime: false }), { path: "/stats" });
    const server = await serving(echo, {
      processRequest: async (request, connection) => {
        if (request.path !== "/stats") return undefined;
        return (await auth(request, connection)) ?? endpoint(request, connection);
      },
    });
    const url = `http://127.0.0.1:${server.port}/stats`;
    expect((await fetch(url)).status).toBe(401);
    const headers = { authorization: `Basic ${btoa("prometheus:secret")}` };
    expect((await fetch(url, { headers })).status).toBe(200);
  });

  test.each([
    [() => metricsEndpoint(undefined as never), "metrics must be what createMetrics() returns, got undefined"],
    [
      () => metricsEndpoint({ text: () => "", contentType: "" }, { path: "metrics" }),
      'path must be a path such as "/metrics"',
    ],
    [() => metricsEndpoint({ text: () => "", contentType: "" }, { pth: "/" } as never), "pth"],
    [() => createMetrics({ prefix: "1a" }), 'prefix must be letters, digits and underscores, got "1a"'],
    [() => createMetrics({ server: {} as never }), "server must be a server, got [object Object]"],
    [() => createMetrics({ runtime: 1 as never }), "runtime must be a boolean, got 1"],
    [() => createMetrics({ servers: [] } as never), "servers"],
  ])("%#: what is wrong is said", (call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});
