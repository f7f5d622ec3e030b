/** The workloads, and their selection by name. */
import type { Compression, WindowSetting } from "./compression.ts";
import type {
  BroadcastWorkload,
  ConnectWorkload,
  EchoWorkload,
  IdleWorkload,
  IngestWorkload,
  PayloadKind,
  Workload,
} from "./workload.ts";

const KIB = 1024;
const MIB = KIB * KIB;

/** Enough for a full turn of the event loop to have work on every core speed; the usual number in such tables. */
const PING_PONG_CONNECTIONS = 64;

/** Fewer for large messages: 64 of them would measure the memory of the machine. */
const LARGE_CONNECTIONS = 8;

/** Few, so that a read brings much from each. */
const STREAM_CONNECTIONS = 16;

const PIPELINE_WINDOW = 64;

const plain = { side: "server", compression: false } as const;

function pingPong(id: string, payload: PayloadKind, size: number, sizeTitle: string): EchoWorkload {
  const connections = size >= MIB ? LARGE_CONNECTIONS : PING_PONG_CONNECTIONS;
  const title = `ping-pong, ${sizeTitle} ${payload}`;
  return { ...plain, kind: "echo", id, group: "pp", title, payload, size, connections, window: 1 };
}

function pipelined(id: string, size: number): EchoWorkload {
  return {
    ...plain,
    kind: "echo",
    id,
    group: "pl",
    title: `pipelined, ${size} B binary`,
    payload: "binary",
    size,
    connections: STREAM_CONNECTIONS,
    window: PIPELINE_WINDOW,
  };
}

function ingest(id: string, size: number, sizeTitle: string): IngestWorkload {
  const title = `ingest, ${sizeTitle} binary`;
  const connections = STREAM_CONNECTIONS;
  return { ...plain, kind: "ingest", id, group: "in", title, payload: "binary", size, connections };
}

function broadcast(id: string, connections: number): BroadcastWorkload {
  const title = `broadcast, 125 B to ${connections.toLocaleString("en-US")}`;
  return { ...plain, kind: "broadcast", id, group: "bc", title, payload: "binary", size: 125, connections };
}

/** What a feed sends to all who follow it. */
function feed(id: string, connections: number, compression: Compression, how: string): BroadcastWorkload {
  const title = `${how}broadcast, 240 B JSON to ${connections.toLocaleString("en-US")}`;
  const message = { payload: "json", size: 240 } as const;
  return { ...message, kind: "broadcast", id, group: "bc", side: "server", title, connections, compression };
}

function compressedFeed(connections: number, setting: WindowSetting): BroadcastWorkload {
  const { windowBits } = setting;
  const { title, ...rest } = feed(`bcz${connections}-${windowBits}`, connections, setting, "compressed ");
  return { ...rest, title: `${title}, windows of ${windowBits} bits` };
}

const CONNECT: ConnectWorkload = {
  ...plain,
  kind: "connect",
  id: "conn",
  group: "conn",
  title: "connect and close",
  connections: PING_PONG_CONNECTIONS,
};

/** What each message costs with many connections, each with a context of its own: one alone stays in the cache. */
function compressedWith(setting: WindowSetting): EchoWorkload {
  const title = `compressed ping-pong, 170 B JSON, 1,000 connections, windows of ${setting.windowBits} bits`;
  return { ...COMPRESSED, id: `z1000-${setting.windowBits}`, title, connections: 1_000, compression: setting };
}

const COMPRESSED: EchoWorkload = {
  kind: "echo",
  id: "z170",
  group: "z",
  title: "compressed ping-pong, 170 B JSON",
  side: "server",
  payload: "json",
  size: 170,
  connections: PING_PONG_CONNECTIONS,
  window: 1,
  compression: true,
};

function idle(id: string, compression: boolean): IdleWorkload {
  const title = compression ? "idle with compression" : "idle";
  return { kind: "idle", id, group: "idle", title, side: "server", compression, stages: [0, 1, 50] };
}

function onClient<Kind extends EchoWorkload | IngestWorkload>(workload: Kind): Kind {
  return { ...workload, id: `c${workload.id}`, group: "client", title: `client: ${workload.title}`, side: "client" };
}

/** In the order in which they run and are printed. */
export const WORKLOADS: readonly Workload[] = [
  pingPong("pp16", "binary", 16, "16 B"),
  pingPong("pp125", "binary", 125, "125 B"),
  pingPong("pp1k", "binary", KIB, "1 KiB"),
  pingPong("pp16k", "binary", 16 * KIB, "16 KiB"),
  pingPong("pp1m", "binary", MIB, "1 MiB"),
  pingPong("pp125t", "text", 125, "125 B"),
  pipelined("pl16", 16),
  pipelined("pl125", 125),
  ingest("in125", 125, "125 B"),
  ingest("in16k", 16 * KIB, "16 KiB"),
  ingest("in1m", MIB, "1 MiB"),
  broadcast("bc1000", 1_000),
  broadcast("bc5000", 5_000),
  feed("bcj1000", 1_000, false, ""),
  feed("bcj5000", 5_000, false, ""),
  feed("bcz1000", 1_000, true, "compressed "),
  compressedFeed(1_000, { windowBits: 12, memLevel: 5 }),
  compressedFeed(1_000, { windowBits: 15, memLevel: 8 }),
  compressedFeed(5_000, { windowBits: 12, memLevel: 5 }),
  CONNECT,
  COMPRESSED,
  compressedWith({ windowBits: 12, memLevel: 5 }),
  compressedWith({ windowBits: 15, memLevel: 8 }),
  onClient(pingPong("pp125", "binary", 125, "125 B")),
  onClient(ingest("in125", 125, "125 B")),
  onClient(ingest("in16k", 16 * KIB, "16 KiB")),
  idle("idle-off", false),
  idle("idle-on", true),
];

/** What `--quick` runs unless told otherwise: each path through a server that a change may have broken. */
export const QUICK_WORKLOADS: readonly string[] = ["pp125", "pp16k", "pl125", "in125", "idle-off"];

/**
 * The workloads of these ids or groups, in the catalogue's order; all if none is named.
 *
 * Throws a `TypeError` for a name that is neither.
 */
export function selectWorkloads(names: readonly string[]): readonly Workload[] {
  for (const name of names) {
    if (!WORKLOADS.some((workload) => isNamed(workload, name))) {
      const groups = [...new Set(WORKLOADS.map(({ group }) => group))].join(", ");
      const known = WORKLOADS.map(({ id }) => id).join(", ");
      throw new TypeError(
        `Cannot select workloads: --only must name ids or groups (${groups}), got ${name}; ids: ${known}`,
      );
    }
  }
  if (names.length === 0) return WORKLOADS;
  return WORKLOADS.filter((workload) => names.some((name) => isNamed(workload, name)));
}

function isNamed(workload: Workload, name: string): boolean {
  return workload.id === name || workload.group === name;
}
