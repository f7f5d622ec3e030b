/** `npm run bench -- churn`: what connections leave behind when they are gone, and what bombs do. */
import { describeMachine, openFilesLimit } from "../measuring/machine.ts";
import { findPeer } from "../peers/catalogue.ts";
import { choosePinning } from "../processes/pinning.ts";
import { originText } from "../reporting/origin.ts";
import { keepResult } from "../reporting/result-files.ts";
import { measureBombs } from "./measure-bombs.ts";
import { measureChurnOf, VARIANTS } from "./measure-churn.ts";
import { CHURN_HELP, type ChurnOptions, parseChurnOptions } from "./options.ts";
import { bombTable, churnPage, churnTable } from "./page.ts";

/** Descriptors that a process needs besides its connections. */
const SPARE_FILES = 100;

/** Resolves to the exit code. */
export async function measureChurn(
  words: readonly string[],
  root: string,
  say: (line: string) => void,
): Promise<number> {
  const options = parseChurnOptions(words);
  if (options === "help") {
    say(CHURN_HELP.trimEnd());
    return 0;
  }
  checkOpenFiles(options);
  const startedAt = new Date().toISOString();
  const pinning = choosePinning();
  const peers = options.peers.map((name) => findPeer(name));
  const churned = [];
  for (const peer of peers) {
    for (const variant of VARIANTS) churned.push(await measureChurnOf({ peer, variant, pinning }, options));
  }
  say(churnTable(churned));
  const bombed = await measureBombs(findPeer("hawser"), options.bombs, pinning);
  say(`\n${bombTable(bombed)}\n`);
  const machine = describeMachine();
  const versions = Object.fromEntries(peers.map(({ label, version }) => [label, version]));
  const origin = [...originText({ startedAt, machine, versions }), pinning.note];
  const page = churnPage({ extent: options, churned, bombed, origin });
  const { connections, rounds, staying } = options;
  const kept = { startedAt, machine, versions, connections, rounds, staying, churned, bombed };
  say(keepResult(root, "churn", { isWritten: options.writes, kept, page }));
  return 0;
}

function checkOpenFiles({ connections, rounds, staying }: ChurnOptions): void {
  const needed = Math.ceil(connections / rounds) + staying + SPARE_FILES;
  const limit = openFilesLimit();
  if (limit < needed)
    throw new Error(`Cannot measure: \`ulimit -n\` must be at least ${needed} for these connections, got ${limit}`);
}
