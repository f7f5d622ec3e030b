import type { Server, Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { EchoLoad } from "./echo-load.ts";
import { buildFrame, TEXT } from "./frame.ts";
import type { EchoPlan } from "./plan.ts";
import { echo, listen } from "./test-server.ts";

let server: Server | undefined;

afterEach(() => server?.close());

async function serve(respond: (socket: Socket, chunk: Buffer) => void): Promise<number> {
  const listening = await listen(respond);
  server = listening.server;
  return listening.port;
}

async function openLoad(port: number, changes: Partial<EchoPlan> = {}): Promise<EchoLoad> {
  const plan: EchoPlan = {
    kind: "echo",
    port,
    connections: 3,
    window: 4,
    payload: "binary",
    size: 16,
    compression: false,
    replies: "echo",
    answersPings: false,
  };
  const load = new EchoLoad({ ...plan, ...changes });
  await load.open();
  return load;
}

test("counts what comes back, and ends with nothing under way", async () => {
  const load = await openLoad(await serve(echo));
  load.start();
  const { messages, bytes } = await load.finish();
  load.close();
  expect(messages).toBeGreaterThanOrEqual(12);
  expect(bytes).toBe(messages * 18);
});

test("exchanges exactly as many messages as it is told, none among them", async () => {
  const load = await openLoad(await serve(echo), { answersPings: true });
  await load.exchange(0);
  await load.exchange(5);
  load.close();
  expect(load.count().messages).toBe(15);
});

test.each([
  [
    "a wrong echo",
    (socket: Socket) => socket.write(buildFrame({ opcode: TEXT, payload: Buffer.alloc(16) })),
    "differs",
  ],
  ["a closed connection", (socket: Socket) => socket.destroy(), "closed the connection"],
])("%s is an error, not speed", async (_name, respond, message) => {
  const load = await openLoad(await serve(respond));
  load.start();
  await expect(load.finish()).rejects.toThrow(message);
  expect(() => load.count()).toThrow(message);
  load.close();
});

test("a handshake without the compression that was offered is an error", async () => {
  const port = await serve(echo);
  await expect(openLoad(port, { compression: true })).rejects.toThrow("offered but not agreed");
});

test("more connections come, and all but some of the newest go", async () => {
  const port = await serve(echo);
  const load = await openLoad(port, { connections: 2 });
  await load.more(10);
  await load.exchange(1);
  expect(load.count().messages).toBe(12);
  load.thin(3);
  await expect.poll(() => openConnections()).toBe(5);
  await load.exchange(1);
  expect(load.count().messages).toBe(17);
  await load.more(4);
  load.thin(1);
  await expect.poll(() => openConnections()).toBe(6);
  load.close();
});

function openConnections(): Promise<number> {
  return new Promise((resolve, reject) => {
    server!.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
