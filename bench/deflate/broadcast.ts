/**
 * One message to many connections that keep their context: what the ways to compress it cost, without sockets around them.
 *
 *     node bench/dist/deflate/broadcast.js --connections 1000 --private 1 --audiences 1
 *
 * Compressed for each connection; once, by itself; once, against what all were sent before. In between connections are sent
 * messages of their own, `--private` percent of them before each broadcast, which the times do not include. With several
 * audiences, all connections are in each of them, and the messages go to one after the other. All ways take turns within one
 * process; medians of the rounds are shown.
 */

import { parseArgs } from "node:util";
import { corpus } from "@hawser/cli/corpora";
import { type Extension, serverPerMessageDeflate } from "hawser";
import { quantile } from "../reporting/statistics.ts";
import { SeededRandom } from "../soak/random.ts";

const ROUNDS = 9;
const BROADCASTS = 40;
const WARM_UP = 2;
const KINDS: readonly string[] = ["chat", "ticks", "code-events", "cursors", "logs"];

const WHOLE = { opcode: 1, isFirst: true, isLast: true, compress: undefined } as const;

type Way = "each" | "once" | "shared";
const WAYS: readonly Way[] = ["each", "once", "shared"];

/** Sends a message to all, and returns how many bytes that makes. */
type Send = (message: Uint8Array) => number;

interface Contestant {
  readonly extensions: readonly Extension[];
  readonly send: Send;
  readonly times: number[];
  bytes: number;
}

function connect(): Extension {
  const accepted = serverPerMessageDeflate().accept([["client_max_window_bits", true]]);
  if (accepted === undefined) throw new Error("Cannot compare: the offer was declined");
  return accepted.extension;
}

function contestant(way: Way, connections: number, audiences: number): Contestant {
  const extensions = Array.from({ length: connections }, connect);
  const send = way === "each" ? toEach(extensions) : toAll(extensions, way, audiences);
  return { extensions, send, times: [], bytes: 0 };
}

function toEach(extensions: readonly Extension[]): Send {
  return (message) => {
    let bytes = 0;
    for (const extension of extensions) bytes += extension.encode(message, WHOLE)?.length ?? message.length;
    return bytes;
  };
}

function toAll(extensions: readonly Extension[], way: "once" | "shared", audiences: number): Send {
  const first = extensions[0]!.sharing!;
  const histories = Array.from({ length: audiences }, () => (way === "shared" ? first.createHistory() : first));
  let turn = 0;
  return (message) => {
    const encoding = histories[turn++ % audiences]!.encode(message, undefined);
    let bytes = 0;
    for (const { sharing } of extensions) {
      const encoded = encoding.encodeFor(sharing!);
      bytes += encoded?.length ?? message.length;
      if (encoded !== undefined) encoding.sent(sharing!, encoded);
    }
    encoding.end();
    return bytes;
  };
}

function playRound(one: Contestant, round: number, messages: readonly Uint8Array[], share: number): void {
  const random = new SeededRandom(round);
  let time = 0;
  for (let index = 0; index < BROADCASTS; index++) {
    for (const extension of one.extensions) {
      if (random.below(1_000_000) < share * 1_000_000) extension.encode(random.pick(messages), WHOLE);
    }
    const before = process.cpuUsage();
    const bytes = one.send(messages[(round * BROADCASTS + index) % messages.length]!);
    const { user, system } = process.cpuUsage(before);
    time += user + system;
    if (round >= WARM_UP) one.bytes += bytes;
  }
  if (round >= WARM_UP) one.times.push(time / BROADCASTS);
}

function compare(kind: string, connections: number, share: number, audiences: number): string {
  const messages = corpus(kind, (WARM_UP + ROUNDS) * BROADCASTS);
  const contestants = WAYS.map((way) => contestant(way, connections, audiences));
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const one of contestants) playRound(one, round, messages, share);
  }
  for (const { extensions } of contestants) for (const extension of extensions) extension.release?.();
  const sent = messages.slice(WARM_UP * BROADCASTS).reduce((sum, { length }) => sum + length, 0);
  const figures = contestants.flatMap(({ times, bytes }) => [
    `${((bytes / connections / sent) * 100).toFixed(1)} %`.padStart(9),
    quantile(times, 0.5).toFixed(0).padStart(8),
  ]);
  return [kind.padEnd(18), (sent / ROUNDS / BROADCASTS).toFixed(0).padStart(6), ...figures].join(" ");
}

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "1000" },
    private: { type: "string", default: "1" },
    audiences: { type: "string", default: "1" },
  },
});
const [connections, share, audiences] = [
  Number(values.connections),
  Number(values.private) / 100,
  Number(values.audiences),
];
if (!(connections > 0) || !(share >= 0) || !(audiences > 0))
  throw new RangeError("Cannot compare: --connections, --private and --audiences are numbers");
console.log(
  `${connections} connections, audiences: ${audiences}, ${share * 100} % private messages; percent of the size, microseconds of CPU for a broadcast`,
);
console.log(`messages            bytes ${WAYS.map((way) => `${way}`.padStart(18)).join("")}`);
for (const kind of KINDS) console.log(compare(kind, connections, share, audiences));
