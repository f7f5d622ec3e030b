import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { within } from "../../test/support/deadline.ts";
import { canShareReads, shareReads, shareReadsOfAll } from "./shared-reads.ts";

const open: { destroy(): void }[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

/** A client, and the socket that a server accepted for it. */
async function accept(): Promise<{ server: Server; client: Socket; accepted: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [Socket];
  open.push(client, accepted);
  return { server, client, accepted };
}

const memory = new Uint8Array(64);

/** A shared socket, with what it reads as a stream of texts. */
function shared(accepted: Socket) {
  let text = "";
  const waiting: (() => void)[] = [];
  const buffers = new Set<Uint8Array>();
  const socket = shareReads(accepted, {
    buffer: memory,
    callback(this: unknown, length, buffer) {
      expect(this).toBe(socket);
      buffers.add(buffer);
      text += Buffer.from(buffer.subarray(0, length)).toString();
      for (const check of waiting) check();
      return true;
    },
  });
  open.push(socket);
  const until = (expected: string) =>
    within(
      `reading ${expected}`,
      new Promise<void>((resolve) => {
        const check = () => text === expected && resolve();
        waiting.push(check);
        check();
      }),
    );
  return { socket, until, buffers, read: () => text };
}

test("works on this version of Node, and is tried out once", async () => {
  await expect(canShareReads()).resolves.toBe(true);
  expect(canShareReads()).toBe(canShareReads());
});

test("a server makes its sockets so that they share at once, and closes when the last of them has gone", async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.on("connection", () => expect.fail("a socket was made that nobody needs"));
  const read = new Promise<string>((resolve) => {
    const callback = (length: number, buffer: Uint8Array) => {
      resolve(Buffer.from(buffer.subarray(0, length)).toString());
      return true;
    };
    shareReadsOfAll(server, { buffer: memory, callback }, (socket) =>
      open.push(socket.on("end", () => socket.end()).resume()),
    );
  });
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  open.push(client);
  client.write("hello");
  expect(await within("the read", read)).toBe("hello");
  const closed = once(server, "close");
  server.close();
  expect(await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(1);
  client.end();
  await within("the server's end", closed);
});

test("sockets read into the same buffer, and write as before", async () => {
  const [one, two] = [await accept(), await accept()];
  const [first, second] = [shared(one.accepted), shared(two.accepted)];
  for (const { socket } of [first, second]) socket.resume();
  one.client.write("one");
  await first.until("one");
  two.client.write("two");
  await second.until("two");
  expect([...first.buffers]).toEqual([...second.buffers]);
  first.socket.write("back");
  expect(String((await within("the answer", once(one.client, "data")))[0])).toBe("back");
  one.server.close();
  two.server.close();
});

test("a paused socket reads nothing until it is resumed", async () => {
  const { server, client, accepted } = await accept();
  const { socket, until, read } = shared(accepted);
  socket.resume();
  client.write("a");
  await until("a");
  socket.pause();
  client.write("b");
  // An exchange in the other direction takes at least as long as the byte would
  socket.write("?");
  await once(client, "data");
  expect(read()).toBe("a");
  socket.resume();
  await until("ab");
  server.close();
});

test("the end is told, and the server closes once its last connection has gone", async () => {
  const { server, client, accepted } = await accept();
  const { socket, until } = shared(accepted);
  const ended = once(socket, "end");
  socket.resume();
  client.end("bye");
  await until("bye");
  await within("the end", ended);
  const closed = new Promise((resolve) => server.close(resolve));
  socket.end();
  await within("the server's close", closed);
});

test("a socket that has gone already is left as it is", () => {
  const gone = new Socket();
  gone.destroy();
  expect(shareReads(gone, { buffer: memory, callback: () => true })).toBe(gone);
});
