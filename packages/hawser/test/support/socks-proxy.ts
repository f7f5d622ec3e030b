/**
 * A small SOCKS proxy: versions 4, 4a and 5, CONNECT alone.
 */

import { connect, createServer, type Socket } from "node:net";
import { type Listening, listening } from "./servers.ts";

export interface SocksProxyOptions {
  /** Where names lead. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Version 5: "user:password" must be given. */
  readonly credentials?: string;
  /** Version 5: the reply in place of success. */
  readonly reply?: number;
}

export interface SocksRequest {
  readonly version: 4 | 5;
  /** The name or address as the client gave it. */
  readonly host: string;
  readonly port: number;
  /** Version 4: the user; version 5: "user:password". */
  readonly user: string;
}

export interface SocksProxy extends Listening {
  readonly requests: readonly SocksRequest[];
}

export async function socksProxy(options: SocksProxyOptions = {}): Promise<SocksProxy> {
  const requests: SocksRequest[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    serve(socket, options, requests).catch(() => socket.destroy());
  });
  return { ...(await listening(server)), requests };
}

async function serve(socket: Socket, options: SocksProxyOptions, requests: SocksRequest[]): Promise<void> {
  const read = reader(socket);
  const [version] = await read(1);
  const request = version === 4 ? await readVersion4(read) : await readVersion5(socket, read, options);
  requests.push(request);
  const isRefused = options.reply !== undefined;
  const reply =
    version === 4 ? [0, isRefused ? 91 : 90, 0, 0, 0, 0, 0, 0] : [5, options.reply ?? 0, 0, 1, 0, 0, 0, 0, 0, 0];
  if (isRefused) {
    socket.end(Buffer.from(reply));
    return;
  }
  socket.removeAllListeners("readable");
  const upstream = connect({ host: options.hosts?.[request.host] ?? request.host, port: request.port }, () => {
    socket.write(Buffer.from(reply));
    upstream.pipe(socket).pipe(upstream);
  });
  // Nobody reads what goes nowhere, nor that it ends
  upstream.on("error", () => socket.destroy()).on("close", () => socket.resume());
  socket.on("close", () => upstream.destroy());
}

type Read = (length: number) => Promise<Buffer>;

/** The client waits for an answer after each part, so nothing is ever read too far. */
function reader(socket: Socket): Read {
  let held = Buffer.alloc(0);
  let wake = () => {};
  socket.on("readable", () => wake()).on("close", () => wake());
  return async (length) => {
    for (;;) {
      const more: Buffer | null = socket.read();
      if (more !== null) held = Buffer.concat([held, more]);
      if (held.length >= length) break;
      if (socket.readableEnded || socket.destroyed) throw new Error("closed");
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const bytes = held.subarray(0, length);
    held = held.subarray(length);
    return bytes;
  };
}

async function readVersion4(read: Read): Promise<SocksRequest> {
  const head = await read(7);
  const address = [...head.subarray(3)].join(".");
  const user = await readText(read);
  const host = address.startsWith("0.0.0.") ? await readText(read) : address;
  return { version: 4, host, port: head.readUInt16BE(1), user };
}

async function readText(read: Read): Promise<string> {
  let text = "";
  for (let byte = (await read(1))[0]!; byte !== 0; byte = (await read(1))[0]!) text += String.fromCharCode(byte);
  return text;
}

async function readVersion5(socket: Socket, read: Read, { credentials }: SocksProxyOptions): Promise<SocksRequest> {
  const methods = await read((await read(1))[0]!);
  const method = credentials === undefined ? 0 : 2;
  if (!methods.includes(method)) {
    socket.end(Buffer.from([5, 255]));
    throw new Error("no method");
  }
  socket.write(Buffer.from([5, method]));
  const user = method === 2 ? await readCredentials(socket, read, credentials!) : "";
  const [, , , type] = await read(4);
  const host = type === 3 ? String(await read((await read(1))[0]!)) : await readAddress(read, type === 4);
  return { version: 5, host, port: (await read(2)).readUInt16BE(0), user };
}

async function readCredentials(socket: Socket, read: Read, expected: string): Promise<string> {
  await read(1);
  const name = String(await read((await read(1))[0]!));
  const user = `${name}:${String(await read((await read(1))[0]!))}`;
  socket.write(Buffer.from([1, user === expected ? 0 : 1]));
  return user;
}

async function readAddress(read: Read, isVersion6: boolean): Promise<string> {
  const bytes = await read(isVersion6 ? 16 : 4);
  return isVersion6 ? bytes.toString("hex").replace(/(.{4})(?=.)/g, "$1:") : [...bytes].join(".");
}
