/** What a session consists of, once the command line and the machine are known: peers that can be started, and notes. */
import { homedir } from "node:os";
import type { MeasureSettings } from "./measuring/figure.ts";
import { openFilesLimit } from "./measuring/machine.ts";
import type { RoundsPlan } from "./measuring/rounds.ts";
import { tryServer } from "./measuring/stage.ts";
import type { BenchOptions } from "./options.ts";
import { checkPeerNames, findPeer, labelsOf, type Peer, takesPart } from "./peers/catalogue.ts";
import { choosePinning, type Pinning } from "./processes/pinning.ts";
import { selectWorkloads } from "./workloads/catalogue.ts";

const IDLE_CONNECTIONS = 10_000;
const QUICK_IDLE_CONNECTIONS = 1_000;

/** Memory differs little from run to run. */
const IDLE_ROUNDS = 3;
const QUICK_IDLE_ROUNDS = 1;

/** Load before what is measured (s). */
const WARM_UP = 0.5;
const QUICK_WARM_UP = 0.3;

/** Descriptors that a process needs besides its connections. */
const SPARE_FILES = 100;

export interface Session extends RoundsPlan {
  readonly settings: MeasureSettings;
  /** For the results: what a reader must know. */
  readonly notes: readonly string[];
  readonly pinning: Pinning;
}

/**
 * Installs and tries the peers, and leaves out, with a note, what cannot be installed or started here. Throws an `Error` if
 * the base is among that.
 *
 * @param say is told each note at once.
 */
export async function planSession(options: BenchOptions, say: (line: string) => void): Promise<Session> {
  const wanted = selectWorkloads(options.only);
  checkPeerNames(options.peers);
  const pinning = choosePinning();
  const notes = [pinning.note];
  const note = (line: string) => {
    notes.push(line);
    say(line);
  };
  const peers = await availablePeers(options, pinning, note);
  const idleConnections = chooseIdleConnections(options.isQuick, note);
  return {
    workloads: wanted.filter((workload) => takesPart(peers[0]!, workload)),
    peers,
    rounds: options.rounds,
    idleRounds: Math.min(options.rounds, options.isQuick ? QUICK_IDLE_ROUNDS : IDLE_ROUNDS),
    settings: { seconds: options.seconds, warmUp: options.isQuick ? QUICK_WARM_UP : WARM_UP, idleConnections },
    notes: [...notes, ...peers.flatMap((peer) => peer.notes)],
    pinning,
  };
}

async function availablePeers(options: BenchOptions, pinning: Pinning, note: (line: string) => void): Promise<Peer[]> {
  const labels = labelsOf(options.peers);
  const peers: Peer[] = [];
  for (const [index, name] of options.peers.entries()) {
    const found = await tryPeer(name, labels[index]!, pinning);
    if (typeof found !== "string") peers.push(found);
    else if (index > 0) note(`${labels[index]} is left out: ${found}`);
    else peers.push(await otherBase(name, found, options, pinning, note));
  }
  return peers;
}

/** A short run may do without bufferutil, and says so; what is written may not. */
async function otherBase(
  name: string,
  reason: string,
  { isQuick, writes }: BenchOptions,
  pinning: Pinning,
  note: (line: string) => void,
): Promise<Peer> {
  const other = name === "ws" && isQuick && !writes ? await tryPeer("ws-local", "ws-local", pinning) : reason;
  if (typeof other === "string") throw new Error(`Cannot compare with ${name}: ${reason}`);
  note(`ws with bufferutil is not available, ws-local takes its place: ${reason}`);
  return other;
}

/** The peer, or why there is none. */
async function tryPeer(name: string, label: string, pinning: Pinning): Promise<Peer | string> {
  try {
    const peer = findPeer(name, label);
    if (peer.programs.server !== undefined) await tryServer(peer, { application: "echo", compression: false, pinning });
    return peer;
  } catch (error) {
    return reasonOf(error);
  }
}

/** One line: of a program that ended with a stack trace, the error's own. */
function reasonOf(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error).split("\n");
  const reason = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0]!;
  // Reasons stand in result files, which are not to tell one machine's paths
  return reason.replaceAll(homedir(), "~");
}

function chooseIdleConnections(isQuick: boolean, note: (line: string) => void): number {
  const wanted = isQuick ? QUICK_IDLE_CONNECTIONS : IDLE_CONNECTIONS;
  const possible = Math.min(wanted, openFilesLimit() - SPARE_FILES);
  if (possible < wanted) note(`${possible} idle connections and not ${wanted}: \`ulimit -n\` is too low.`);
  return possible;
}
