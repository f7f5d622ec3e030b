/** What can be compared: how each peer is started, what it consists of, and which workloads it takes part in. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Workload } from "../workloads/workload.ts";
import { installPackages, type Packages, versionIn } from "./installation.ts";

/** A peer that is installed and can be started. */
export interface Peer {
  /** As given to `--peers`; a name given twice is numbered from the second on. */
  readonly label: string;
  readonly version: string;
  /** The programs for each side; one that is absent takes no part in that side's workloads. */
  readonly programs: Readonly<Partial<Record<Workload["side"], string>>>;
  /** The runtime's executable; `undefined`: this Node. */
  readonly executable: string | undefined;
  /** The module that the program is to load, for what is installed outside the project. */
  readonly module: string | undefined;
  /** Groups of workloads that it takes part in; `undefined`: all. */
  readonly groups: readonly string[] | undefined;
  /** For the results. */
  readonly notes: readonly string[];
}

/** A peer as it stands in the catalogue. */
interface PeerEntry {
  readonly title: string;
  readonly server?: string;
  readonly client?: string;
  readonly groups?: readonly string[];
  /** Installed outside the project; the first one is the peer itself. */
  readonly packages?: Packages;
  /** The module to load, from the folder of the first package; default: what that package exports. */
  readonly file?: string;
  /** Whether the file is a runtime that runs the program, and not a module that the program loads. */
  readonly isRuntime?: boolean;
  readonly note?: string;
}

const BUN_PLATFORM = `${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;

const UWS_BINARY = `binaries/uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;

/** The base of the comparison comes first, then ours. */
const ENTRIES: Readonly<Record<string, PeerEntry>> = {
  ws: {
    title: "ws",
    server: "ws",
    client: "ws-client",
    packages: { ws: "8.23.0", bufferutil: "4.1.0" },
    file: "index.js",
    note: "ws runs with bufferutil 4.1.0 (native masking).",
  },
  "ws-local": {
    title: "ws without bufferutil",
    server: "ws-local",
    note: "ws-local is the ws of the development dependencies, without bufferutil.",
  },
  hawser: { title: "hawser", server: "hawser", client: "hawser-client" },
  "hawser-await": { title: "hawser, for await", server: "hawser-await", groups: ["pp", "pl"] },
  "hawser-publish": { title: "hawser, publish", server: "hawser-publish", groups: ["bc"] },
  "hawser-handle": { title: "hawser, handle", server: "hawser-handle" },
  uws: {
    title: "uWebSockets.js",
    server: "uws",
    packages: { "@trufflesuite/uws-js-unofficial": "20.30.0-unofficial.0" },
    file: UWS_BINARY,
  },
  bun: {
    title: "Bun",
    server: "bun",
    packages: { [`@oven/bun-${BUN_PLATFORM}`]: "1.4.5" },
    file: "bin/bun",
    isRuntime: true,
  },
  undici: { title: "undici", client: "undici-client", packages: { undici: "7.30.2" }, file: "index.js" },
};

/** Names that {@link findPeer} accepts, in the order in which tables show them. */
export const PEER_NAMES: readonly string[] = Object.keys(ENTRIES);

/** How a table calls a peer. */
export function peerTitle(label: string): string {
  return ENTRIES[label]?.title ?? label;
}

/** Throws a `TypeError` for a name that is not in the catalogue. */
export function checkPeerNames(names: readonly string[]): void {
  for (const name of names) {
    if (!(name in ENTRIES))
      throw new TypeError(`Cannot compare: unknown peer ${name}, known: ${PEER_NAMES.join(", ")}`);
  }
}

/** The labels of these names: a name given twice is numbered from the second on. */
export function labelsOf(names: readonly string[]): string[] {
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}-${earlier + 1}`;
  });
}

/** The peer of this name, installed if it comes from outside. Throws an `Error` that says why if that fails. */
export function findPeer(name: string, label: string = name): Peer {
  const { server, client, groups, packages, file, isRuntime = false, note } = ENTRIES[name]!;
  const folder = packages === undefined ? undefined : installPackages(packages);
  const main = folder === undefined ? undefined : Object.keys(packages!)[0]!;
  const path = folder === undefined ? undefined : join(folder, "node_modules", main!, file ?? "");
  if (path !== undefined && !existsSync(path)) throw new Error(`${main} has no ${file} for this platform or Node`);
  return {
    label,
    version: folder === undefined ? localVersion(name) : versionIn(folder, main!),
    programs: { ...programOf("server", server), ...programOf("client", client) },
    executable: isRuntime ? path : undefined,
    module: isRuntime ? undefined : path,
    groups,
    notes: note === undefined || label !== name ? [] : [note],
  };
}

/** Whether a peer takes part in a workload. */
export function takesPart({ programs, groups }: Peer, { side, group }: Workload): boolean {
  return programs[side] !== undefined && (groups === undefined || groups.includes(group));
}

function programOf(side: Workload["side"], program: string | undefined): Peer["programs"] {
  return program === undefined ? {} : { [side]: join(import.meta.dirname, `${program}.js`) };
}

/** Of a package that the project itself depends on. */
function localVersion(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  const packageName = name.split("-")[0]!;
  return (JSON.parse(readFileSync(resolve(`${packageName}/package.json`), "utf8")) as { version: string }).version;
}
