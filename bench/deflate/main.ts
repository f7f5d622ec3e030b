/**
 * The DEFLATE engine against Node's zlib, without connections around them: CPU time for each message, and sizes.
 *
 *     node bench/dist/deflate/main.js --connections 1000 --window-bits 12 --level 6
 *     node bench/dist/deflate/main.js --sizes
 *
 * Messages go round over many full windows, as they do on a server: what one window leaves in the processor's caches is gone
 * when its turn comes again. All engines take turns within one process; of each one's rounds the lower quartile is shown,
 * since whatever else the machine does only adds to it. zlib is called in two ways: a live stream for each direction, and, as
 * the public interface allows it synchronously, once for each message with the window as dictionary.
 */

import { parseArgs } from "node:util";
import { CORPORA } from "@hawser/cli/corpora";
import { quantile } from "../reporting/statistics.ts";
import { type Connection, type Contestant, contestants } from "./contestants.ts";
import { printSizes } from "./sizes.ts";
import { Traffic } from "./traffic.ts";

const WARM_UP = 4;

interface Settings {
  readonly connections: number;
  readonly windowBits: number;
  readonly level: number;
  readonly rounds: number;
}

interface Outcome {
  /** Microseconds of CPU for each message. */
  readonly time: number;
  readonly bytes: number;
}

type Direction = "deflating" | "inflating";

/** Microseconds of CPU that a function takes for each connection. */
function cpuTime(connections: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / connections;
}

/** Lets all contestants work on the same payloads, in turns. */
function compete(
  all: readonly Contestant[],
  direction: Direction,
  windows: readonly Uint8Array[],
  payloads: (round: number) => readonly Uint8Array[],
  rounds: number,
): Outcome[] {
  const connections: (readonly Connection[])[] = all.map((one) => windows.map((window) => one[direction](window)));
  const times: number[][] = all.map(() => []);
  const bytes = all.map(() => 0);
  for (let round = 0; round < WARM_UP + rounds; round++) {
    const inputs = payloads(round);
    for (const [index, those] of connections.entries()) {
      const time = cpuTime(windows.length, () => {
        for (const [at, one] of those.entries()) bytes[index]! += one.process(inputs[at]!).length;
      });
      if (round >= WARM_UP) times[index]!.push(time);
    }
  }
  for (const one of connections.flat()) one.end();
  return times.map((those, index) => ({ time: quantile(those, 0.25), bytes: bytes[index]! }));
}

function compare(kind: string, { connections, windowBits, level, rounds }: Settings): string {
  const traffic = new Traffic(kind, windowBits);
  const all = contestants(windowBits, level);
  const windows = Array.from({ length: connections }, (_, connection) => traffic.window(connection));
  const messages = (round: number) => windows.map((_, connection) => traffic.message(connection, round));
  const deflating = compete(all, "deflating", windows, messages, rounds);
  // What there is to inflate comes from zlib, as it does from browsers
  const peers = windows.map((window) => all[1]!.deflating(window));
  const compressed = (round: number) => messages(round).map((message, at) => peers[at]!.process(message));
  const inflating = compete(all, "inflating", windows, compressed, rounds);
  for (const peer of peers) peer.end();
  // The tail of four bytes is not sent
  const tails = 4 * connections * (WARM_UP + rounds);
  const size = ((deflating[0]!.bytes - tails) / (deflating[1]!.bytes - tails) - 1) * 100;
  return [
    kind.padEnd(20),
    traffic.averageLength.toFixed(0).padStart(6),
    `${size.toFixed(1)} %`.padStart(8),
    ...[deflating, inflating].flatMap(columns),
  ].join(" ");
}

/** The own time, and by how much the others' are longer. */
function columns([own, ...others]: readonly Outcome[]): string[] {
  const times = others.map(({ time }) => (time / own!.time).toFixed(2).padStart(6));
  return [own!.time.toFixed(1).padStart(8), ...times];
}

function integer(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`Cannot compare: a positive integer is needed, got ${text}`);
}

const HELP = `Compares Hawser's engine with zlib's live streams, and with zlib in one shot, on messages of several kinds: sizes, and
CPU time for each message, round robin over connections with full windows.

  node bench/dist/deflate/main.js
  node bench/dist/deflate/main.js --kinds chat,jsonrpc --connections 5000 --rounds 5
  node bench/dist/deflate/main.js --sizes

Options
  --connections 1000   that take turns
  --window-bits 12     8 to 15
  --level 6            1 to 9
  --rounds 15          of every connection
  --kinds LIST         ${CORPORA.map(({ name }) => name).join(", ")}
  --sizes              only sizes, with every window, against zlib at memLevel 8
  --help               this text
`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", short: "h", default: false },
    connections: { type: "string", default: "1000" },
    "window-bits": { type: "string", default: "12" },
    level: { type: "string", default: "6" },
    rounds: { type: "string", default: "15" },
    kinds: { type: "string", default: CORPORA.map(({ name }) => name).join(",") },
    sizes: { type: "boolean", default: false },
  },
});
const settings: Settings = {
  connections: integer(values.connections),
  windowBits: integer(values["window-bits"]),
  level: integer(values.level),
  rounds: integer(values.rounds),
};
const kinds = values.kinds.split(",");

if (values.help) process.stdout.write(HELP);
else if (values.sizes) printSizes(kinds, settings.level);
else {
  console.log(
    `${settings.connections} connections, windows of ${settings.windowBits} bits, level ${settings.level} against zlib's 6: size; microseconds of CPU for each message, and how many times as long zlib takes with live streams and in one shot`,
  );
  console.log("messages              bytes     size  deflate   live   shot  inflate   live   shot");
  for (const kind of kinds) console.log(compare(kind, settings));
}
