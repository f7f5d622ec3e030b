import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { EchoLoad } from "./echo-load.ts";
import { buildFrame, TEXT } from "./frame.ts";
import type { EchoPlan } from "./plan.ts";

let server: Server | undefined;

afterEach(() => server?.close());

/** A server that shakes hands and then does as it is told with each chunk. */
async function listen(respond: (socket: Socket, chunk: Buffer) => void): Promise<number> {
  server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (head) => {
      const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(head.toString())?.[1];
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${accept}`,
      ];
      socket.write(`${lines.join("\r\n")}\r\n\r\n`);
      socket.on("data", (chunk) => respond(socket, chunk));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Unmasks and returns frames of 16 bytes, which have a header of six. */
function echoSixteen(socket: Socket, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; at += 22) {
    const key = chunk.subarray(at + 2, at + 6);
    const payload = chunk.subarray(at + 6, at + 22).map((byte, index) => byte ^ key[index & 3]!);
    socket.write(buildFrame({ opcode: chunk[at]! & 0x0f, payload }));
  }
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
    answersPings: false,
  };
  const load = new EchoLoad({ ...plan, ...changes });
  await load.open();
  return load;
}

test("counts what comes back, and ends with nothing under way", async () => {
  const load = await openLoad(await listen(echoSixteen));
  load.start();
  const { messages, bytes } = await load.finish();
  load.close();
  expect(messages).toBeGreaterThanOrEqual(12);
  expect(bytes).toBe(messages * 18);
});

test("exchanges exactly as many messages as it is told, none among them", async () => {
  const load = await openLoad(await listen(echoSixteen), { answersPings: true });
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
  const load = await openLoad(await listen(respond));
  load.start();
  await expect(load.finish()).rejects.toThrow(message);
  expect(() => load.count()).toThrow(message);
  load.close();
});

test("a handshake without the compression that was offered is an error", async () => {
  const port = await listen(echoSixteen);
  await expect(openLoad(port, { compression: true })).rejects.toThrow("offered but not agreed");
});
