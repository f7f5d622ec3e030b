/**
 * A small echo server and client whose faults can be chosen, to prove that the suite finds them.
 *
 * They know single frames only, and nothing of compression.
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { closePayload, encodeFrame, type Frame, type FrameSpec, readFrame, type Side } from "./wire/frame.ts";
import { acceptOf, fill, headerOf, headSize, parseHead, requestTemplate, responseTemplate } from "./wire/http.ts";

/** What is wrong with the endpoint. */
export type Defect =
  | "none"
  | "accept"
  | "binary-as-text"
  | "close-code"
  | "constant-key"
  | "echo-after-close"
  | "echo-twice"
  | "extension"
  | "no-close-frame"
  | "no-end"
  | "no-pong"
  | "non-minimal"
  | "pong-payload"
  | "reserved-bits"
  | "same-handshake-key"
  | "status"
  | "takes-any-accept"
  | "takes-any-mask"
  | "takes-any-utf8"
  | "wrong-mask";

/** One connection of the endpoint, from the first frame on. */
class EchoConnection {
  readonly #socket: Socket;
  readonly #side: Side;
  readonly #defect: Defect;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;

  constructor(socket: Socket, side: Side, defect: Defect) {
    this.#socket = socket;
    this.#side = side;
    this.#defect = defect;
  }

  receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (let read = readFrame(this.#received); read !== undefined; read = readFrame(this.#received)) {
      this.#received = this.#received.subarray(read.size);
      this.#handle(read.frame);
    }
  }

  #send(frame: FrameSpec): void {
    const key =
      this.#defect === "constant-key" ? Buffer.of(1, 2, 3, 4) : Buffer.from(crypto.getRandomValues(new Uint8Array(4)));
    const faults = {
      ...(this.#defect === "wrong-mask" ? { masked: this.#side === "server" } : {}),
      ...(this.#defect === "non-minimal" ? { lengthBytes: 8 as const } : {}),
      ...(this.#defect === "reserved-bits" ? { rsv: 4 } : {}),
    };
    this.#socket.write(encodeFrame({ ...frame, maskingKey: key, ...faults }, this.#side));
  }

  #handle(frame: Frame): void {
    if (this.#isClosed && this.#defect !== "echo-after-close") return;
    const fault = this.#faultOf(frame);
    if (fault !== undefined) this.#close(fault);
    else if (frame.opcode === 8) this.#close(frame.payload.readUInt16BE(0));
    else if (frame.opcode === 9) this.#pong(frame.payload);
    else this.#echo(frame);
  }

  /** The close code for a broken rule. */
  #faultOf({ opcode, maskingKey, payload }: Frame): number | undefined {
    const isWrong = (maskingKey !== undefined) === (this.#side === "client");
    if (isWrong && this.#defect !== "takes-any-mask") return 1002;
    return opcode === 1 && payload.includes(0xff) && this.#defect !== "takes-any-utf8" ? 1007 : undefined;
  }

  #echo({ opcode, payload }: Frame): void {
    const echoed = { opcode: this.#defect === "binary-as-text" ? 1 : opcode, payload };
    this.#send(echoed);
    if (this.#defect === "echo-twice") this.#send(echoed);
  }

  #pong(payload: Uint8Array): void {
    if (this.#defect === "no-pong") return;
    this.#send({ opcode: 10, payload: this.#defect === "pong-payload" ? Buffer.from("?") : payload });
  }

  #close(code: number): void {
    this.#isClosed = true;
    const sent = this.#defect === "close-code" ? 1001 : code;
    if (this.#defect !== "no-close-frame") this.#send({ opcode: 8, payload: closePayload(sent) });
    if (this.#defect === "no-end") return;
    // What comes in the same segment is still handled, so that a defect can show.
    setImmediate(() => this.#socket.end());
  }
}

/** Hands the head to `onHead` once it is there, and the rest to what that returns. */
function splitHead(socket: Socket, onHead: (head: Buffer) => EchoConnection | undefined): void {
  let received: Buffer = Buffer.alloc(0);
  let connection: EchoConnection | undefined;
  socket.on("error", () => {});
  socket.on("data", (bytes: Buffer) => {
    if (connection !== undefined) {
      connection.receive(bytes);
      return;
    }
    received = Buffer.concat([received, bytes]);
    const size = headSize(received);
    if (size === undefined) return;
    connection = onHead(received.subarray(0, size));
    connection?.receive(received.subarray(size));
  });
}

function responseWith(defect: Defect, key: string): string {
  const plus = defect === "extension" ? ["Sec-WebSocket-Extensions: permessage-deflate"] : [];
  const line = defect === "status" ? { line: "HTTP/1.1 200 OK" } : {};
  return fill(responseTemplate({ plus, ...line }), {
    accept: defect === "accept" ? acceptOf("another") : acceptOf(key),
  });
}

export interface DefectiveServer {
  readonly url: string;
  close(): void;
}

export async function startDefectiveServer(defect: Defect): Promise<DefectiveServer> {
  const server = createServer((socket) => {
    splitHead(socket, (head) => {
      socket.write(responseWith(defect, headerOf(parseHead(head), "sec-websocket-key") ?? ""));
      return new EchoConnection(socket, "server", defect);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

/** Resolves when the connection has ended. */
export async function connectDefectiveClient(url: string, defect: Defect): Promise<void> {
  const { host, hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  const key = (defect === "same-handshake-key" ? Buffer.alloc(16, 7) : random).toString("base64");
  socket.write(fill(requestTemplate(), { path: "/", host, key }));
  splitHead(socket, (head) => {
    const isAccepted = headerOf(parseHead(head), "sec-websocket-accept") === acceptOf(key);
    if (isAccepted || defect === "takes-any-accept") return new EchoConnection(socket, "client", defect);
    socket.destroy();
    return undefined;
  });
  await new Promise((resolve) => socket.once("close", resolve));
}
