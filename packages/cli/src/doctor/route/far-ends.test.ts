/** Far ends that are broken, hostile or on the move: an examination ends, says what it found, and prints nothing raw. */

import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import { type ServerConnection, serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "../../../../hawser/test/support/certificates.ts";
import { MemoryTerminal } from "../../../test/support/memory-terminal.ts";
import { Interrupted } from "../../command.ts";
import { doctor } from "../command.ts";
import type { Finding } from "../finding.ts";
import { DOCTOR_PROTOCOL, startCounterpart } from "./counterpart.ts";
import { examine } from "./examine.ts";
import { answerWithin, RouteFault } from "./patience.ts";
import { findRoute } from "./route.ts";
import { checkTransport } from "./transport-checks.ts";

/** Takes the doctor's subprotocol, and answers as it likes. */
async function pretender(answer: (ws: ServerConnection, text: string) => unknown): Promise<string> {
  const server = await serve(
    {
      async message(ws, message) {
        // Or the examination would wait for it
        if (String(message).includes('"ask":"close"')) await ws.close();
        else await answer(ws, String(message));
      },
    },
    { host: "127.0.0.1", subprotocols: [DOCTOR_PROTOCOL], maxSize: 8_388_608 },
  );
  onTestFinished(() => server.close());
  return `ws://127.0.0.1:${server.port}/`;
}

async function findings(url: string, options: Partial<Parameters<typeof examine>[1]> = {}): Promise<Finding[]> {
  const signal = new AbortController().signal;
  const route = await findRoute(new URL(url), { proxy: null, signal });
  return examine(route, { idle: 0, restart: 0, signal, onCheck: () => {}, ...options });
}

function topicsWorseThan(all: readonly Finding[], level: Finding["level"]): readonly string[] {
  return all.filter((finding) => finding.level === level).map(({ topic }) => topic);
}

describe("what the far end says", () => {
  test.each([
    ["no JSON", "hello"],
    ["null", "null"],
    ["too little", "{}"],
    ["headers of another shape", '{"id":"a","isSecure":true,"httpVersion":"1.1","path":"/","headers":[[1]]}'],
    ["a number for a name", '{"id":1,"isSecure":false,"httpVersion":"1.1","path":"/","headers":[]}'],
  ])("%s is a problem, and no crash", async (_name, text) => {
    const found = await findings(await pretender((ws) => ws.send(text)));
    const arrival = found.find(({ topic }) => topic === "what arrives");
    expect(arrival).toMatchObject({ level: "problem", found: expect.stringContaining('does not answer "seen"') });
  });

  test("moves no cursor and begins no line", async () => {
    const seen = { id: "a", isSecure: false, httpVersion: "1.1", path: "/\x1b[2J\nok  all  well\u009b1m", headers: [] };
    const url = await pretender((ws, text) => (text.includes("seen") ? ws.send(JSON.stringify(seen)) : ws.terminate()));
    const terminal = new MemoryTerminal();
    await doctor.run([url, "--idle", "0"], terminal);
    expect(terminal.output).toContain("/\\x1b[2J\\nok  all  well\\x9b1m");
    expect(terminal.output).not.toMatch(/\p{Cc}(?<!\n)|^ok +all/mu);
  });

  test("is cut where it goes on and on", async () => {
    const seen = { id: "a", isSecure: false, httpVersion: "1.1", path: "x".repeat(100_000), headers: [] };
    const terminal = new MemoryTerminal();
    await doctor.run([await pretender((ws) => ws.send(JSON.stringify(seen))), "--idle", "0"], terminal);
    expect(Math.max(...terminal.output.split("\n").map(({ length }) => length))).toBeLessThan(700);
  });
});

describe("a far end that says nothing", () => {
  test("is given up", async () => {
    const silence = new Promise<never>(() => {});
    await expect(answerWithin(silence, undefined, 10)).rejects.toThrow(RouteFault);
    await expect(answerWithin(Promise.resolve(1), undefined, 10)).resolves.toBe(1);
    await expect(answerWithin(Promise.reject(new Error("no")), undefined, 10)).rejects.toThrow("no");
    await expect(answerWithin(silence, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });

  test("Ctrl-C does not wait for it", async () => {
    const url = await pretender(() => {});
    const terminal = new MemoryTerminal();
    const examination = doctor.run([url, "--idle", "0"], terminal);
    await expect.poll(() => terminal.errors).toContain("what arrives");
    terminal.interrupt();
    await expect(examination).rejects.toThrow(Interrupted);
  });

  test("no TLS in time is a finding", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const url = new URL(`wss://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
    await expect(checkTransport(url, Date.now(), 20)).rejects.toThrow(/no TLS within/);
  });
});

describe("over TLS", () => {
  test.each([
    [true, "HTTP/2 with WebSocket (RFC 8441), and HTTP/1.1"],
    [false, "HTTP/2 without WebSocket: browsers open another connection, with HTTP/1.1"],
  ])("HTTP/2, and WebSocket over it: %s", async (offers, text) => {
    const http2 = createSecureServer({
      ...certificate,
      allowHTTP1: true,
      settings: { enableConnectProtocol: offers },
    }).listen(0, "127.0.0.1");
    await once(http2, "listening");
    onTestFinished(() => void http2.close());
    const url = new URL(`wss://localhost:${(http2.address() as AddressInfo).port}/`);
    const [tls, http] = await checkTransport(url, Date.now());
    expect(tls).toMatchObject({ topic: "TLS", level: "problem" });
    expect(http).toEqual({ topic: "HTTP", level: "ok", found: text });
  });
});

type Counterpart = Awaited<ReturnType<typeof startCounterpart>>;

describe("a restart", () => {
  /** `restart` gets the connection that is watched: the first one that is new. */
  async function watched(restart: (counterpart: Counterpart, connection: ServerConnection) => unknown) {
    const counterpart = await startCounterpart({ host: "127.0.0.1" });
    onTestFinished(() => counterpart.close());
    const onCheck = (what: string) => {
      if (!what.startsWith("a restart")) return;
      void newConnection(counterpart).then((connection) => restart(counterpart, connection));
    };
    const all = await findings(`ws://127.0.0.1:${counterpart.port}/`, { restart: 5_000, onCheck });
    return all.filter(({ topic }) => topic === "a restart" || topic === "after it");
  }

  async function newConnection({ connections }: Counterpart): Promise<ServerConnection> {
    const known = new Set(connections);
    for (;;) {
      const found = [...connections].find((connection) => !known.has(connection));
      if (found !== undefined) return found;
      await new Promise(setImmediate);
    }
  }

  test("with a goodbye, and a process that follows at once", async () => {
    const found = await watched(async (counterpart) => {
      const { port } = counterpart;
      await counterpart.close();
      const next = await startCounterpart({ host: "127.0.0.1", port });
      onTestFinished(() => next.close());
    });
    expect(found).toMatchObject([{ level: "ok", found: 'the client sees 1001 ""' }, { topic: "after it" }]);
  });

  test("without one", async () => {
    const found = await watched((_counterpart, connection) => connection.terminate());
    expect(found).toMatchObject([
      { level: "problem", found: expect.stringContaining("1006"), advice: expect.stringContaining("grace period") },
      { level: "ok" },
    ]);
  });

  test("with a code that says something else", async () => {
    const found = await watched((_counterpart, connection) => connection.close(1000));
    expect(topicsWorseThan(found, "warning")).toEqual(["a restart"]);
  });

  test("that nobody makes", async () => {
    const counterpart = await startCounterpart({ host: "127.0.0.1" });
    onTestFinished(() => counterpart.close());
    const all = await findings(`ws://127.0.0.1:${counterpart.port}/`, { restart: 50 });
    expect(all.at(-1)).toMatchObject({ topic: "a restart", level: "note" });
  });
});
