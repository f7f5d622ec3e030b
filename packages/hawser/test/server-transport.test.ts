/** The option `transport`: what is said over a connection does not depend on how its socket is driven. */

import { connect } from "hawser";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { within } from "./support/deadline.ts";
import { echo, serving } from "./support/serving.ts";

const LENGTHS = [0, 1, 125, 126, 1_000, 16_384, 65_535, 65_536, 70_000, 300_000, 1_000_000];

test.each(["auto", "stream"] as const)("%s: messages of every size come back whole and in order", async (transport) => {
  const server = await serving(echo, { transport });
  const clients = await Promise.all(
    [false, true].map(async (perMessageDeflate) => {
      const client = new WebSocket(`ws://127.0.0.1:${server.port}`, { perMessageDeflate });
      await within("opening", new Promise((resolve) => client.once("open", resolve)));
      return client;
    }),
  );
  await Promise.all(clients.map((client, seed) => exchange(client, seed)));
});

test.each(["auto", "stream"] as const)("%s: and to our own client", async (transport) => {
  const server = await serving(echo, { transport });
  for (const compression of [false, "deflate"] as const) {
    const client = await connect(`ws://127.0.0.1:${server.port}`, { compression });
    const messages = messagesOf(3);
    for (const message of messages) void client.send(message);
    for (const message of messages) {
      const received = await client.recv();
      expect(typeof received).toBe(typeof message);
      expect(Buffer.from(received as string).equals(Buffer.from(message as string))).toBe(true);
    }
    await client.close();
  }
});

function messagesOf(seed: number): readonly (Buffer | string)[] {
  return LENGTHS.flatMap((length, index) => [
    Buffer.from(Array.from({ length }, (_, at) => (at * 31 + index + seed * 7) & 0xff)),
    "ä".repeat(length >> 1),
    "a".repeat(length),
  ]);
}

/** Sends everything at once, so that reads begin and end anywhere. */
async function exchange(client: WebSocket, seed: number): Promise<void> {
  const messages = messagesOf(seed);
  const received: (Buffer | string)[] = [];
  const all = new Promise<void>((resolve) => {
    client.on("message", (data: Buffer, isBinary) => {
      received.push(isBinary ? data : data.toString());
      if (received.length === messages.length) resolve();
    });
  });
  for (const message of messages) client.send(message);
  await within("the echoes", all);
  expect(received.every((message, index) => Buffer.from(message).equals(Buffer.from(messages[index]!)))).toBe(true);
  client.terminate();
}
