/** `npm run bench -- memory`: what compression holds for each connection, setting by setting. */
import { join } from "node:path";
import { describeMachine, openFilesLimit } from "../measuring/machine.ts";
import { findPeer, type Peer } from "../peers/catalogue.ts";
import { choosePinning } from "../processes/pinning.ts";
import { originText } from "../reporting/origin.ts";
import { keepResult, updateMarkedSection } from "../reporting/result-files.ts";
import { measureRows } from "./measure-rows.ts";
import { MEMORY_HELP, type MemoryOptions, parseMemoryOptions } from "./options.ts";
import { guideSection, memoryPage, memoryTable } from "./page.ts";

/** Shows the same table. */
const GUIDE = ["docs", "guides", "compression.md"] as const;

/** Descriptors that a process needs besides its connections. */
const SPARE_FILES = 100;

/** Resolves to the exit code. */
export async function measureMemory(
  words: readonly string[],
  root: string,
  say: (line: string) => void,
): Promise<number> {
  const options = parseMemoryOptions(words);
  if (options === "help") {
    say(MEMORY_HELP.trimEnd());
    return 0;
  }
  checkOpenFiles(options);
  const startedAt = new Date().toISOString();
  const peers = { hawser: findPeer("hawser"), ws: options.wsConnections === 0 ? undefined : findWs(say) };
  const pinning = choosePinning();
  const rows = await measureRows(options, peers, pinning, say);
  say(`\n${memoryTable(rows)}\n`);
  const { connections, wsConnections, coldAfter } = options;
  const machine = describeMachine();
  const versions = { hawser: peers.hawser.version, ...(peers.ws && { ws: peers.ws.version }) };
  const origin = [
    `${connections.toLocaleString("en-US")} connections to Hawser, ${wsConnections.toLocaleString("en-US")} to ws.`,
    ...originText({ startedAt, machine, versions }),
    pinning.note,
  ];
  const kept = { startedAt, machine, versions, connections, wsConnections, coldAfter, rows };
  say(keepResult(root, "compression-memory", { isWritten: options.writes, kept, page: memoryPage({ rows, origin }) }));
  if (options.writes && updateMarkedSection(join(root, ...GUIDE), guideSection({ rows, origin })))
    say(`Written: ${GUIDE.join("/")}`);
  return 0;
}

function checkOpenFiles({ connections, wsConnections }: MemoryOptions): void {
  const needed = Math.max(connections, wsConnections) + SPARE_FILES;
  const limit = openFilesLimit();
  if (limit < needed)
    throw new Error(
      `Cannot measure memory: \`ulimit -n\` must be at least ${needed} for these connections, got ${limit}`,
    );
}

function findWs(say: (line: string) => void): Peer | undefined {
  try {
    return findPeer("ws");
  } catch (error) {
    say(`ws is left out: ${(error as Error).message}`);
    return undefined;
  }
}
