/** The fast receivers, on bare sockets, all in this process: how long each message took from its publication to here. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { buildRequest, checkResponse } from "../generator/handshake.ts";
import { answerRequests } from "../processes/requests.ts";
import { quantile } from "../reporting/statistics.ts";
import { FRAME_HEAD, MESSAGE_SIZE, microseconds, TIME_DIGITS, TIME_PLACE } from "./ways.ts";

export interface Delays {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

const FRAME = FRAME_HEAD + MESSAGE_SIZE;
const PLACE = FRAME_HEAD + TIME_PLACE;
/** Of a text of 126 to 65,535 bytes, whole. */
const HEAD = Buffer.from([0x81, 126, MESSAGE_SIZE >> 8, MESSAGE_SIZE & 0xff]);

/** Milliseconds, in the order of arrival. */
let delays: number[] = [];
let expected = 0;
let arrived: (() => void) | undefined;

answerRequests({ open, expect, result });
process.stdout.write("ready\n");

async function open({ port, count }: { readonly port: number; readonly count: number }): Promise<void> {
  for (let index = 0; index < count; index++) await openOne(port);
}

async function openOne(port: number): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.write(buildRequest(port, false));
  const [head] = (await once(socket, "data")) as [Buffer];
  checkResponse(head.toString("latin1"), false);
  receive(socket);
}

function receive(socket: Socket): void {
  let rest: Buffer | undefined;
  socket.on("data", (bytes: Buffer) => {
    const all = rest === undefined ? bytes : Buffer.concat([rest, bytes]);
    const now = microseconds();
    let at = 0;
    for (; at + FRAME <= all.length; at += FRAME) note(all, at, now);
    rest = at === all.length ? undefined : Buffer.from(all.subarray(at));
  });
}

function note(bytes: Buffer, at: number, now: number): void {
  if (bytes.compare(HEAD, 0, HEAD.length, at, at + HEAD.length) !== 0) throw new Error("a frame is not as it must be");
  const sent = Number(bytes.toString("latin1", at + PLACE, at + PLACE + TIME_DIGITS));
  delays.push((now - sent) / 1_000);
  if (delays.length === expected) arrived?.();
}

/** So many deliveries are to come, in all connections together. */
function expect(count: number): void {
  delays = [];
  expected = count;
}

/** Once they have come. The first `skipped` of them do not count. */
async function result(skipped: number): Promise<Delays> {
  if (delays.length < expected) {
    await new Promise<void>((resolve) => {
      arrived = resolve;
    });
  }
  const counted = delays.slice(skipped);
  return { p50: quantile(counted, 0.5), p99: quantile(counted, 0.99), count: delays.length };
}
