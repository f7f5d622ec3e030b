/** `npm run bench -- slow`: what a receiver that does not read does to those that do. */
import { describeLoad, describeMachine } from "../measuring/machine.ts";
import { findPeer } from "../peers/catalogue.ts";
import { choosePinning } from "../processes/pinning.ts";
import { originText } from "../reporting/origin.ts";
import { keepResult } from "../reporting/result-files.ts";
import { measureSlowReceiver } from "./measure-slow.ts";
import { parseSlowOptions, SLOW_HELP } from "./options.ts";
import { slowPage, slowTable } from "./page.ts";

/** Resolves to the exit code. */
export async function measureSlow(
  words: readonly string[],
  root: string,
  say: (line: string) => void,
): Promise<number> {
  const options = parseSlowOptions(words);
  if (options === "help") {
    say(SLOW_HELP.trimEnd());
    return 0;
  }
  const startedAt = new Date().toISOString();
  const machine = describeMachine();
  const load = describeLoad();
  const pinning = choosePinning();
  const runs = await measureSlowReceiver(options, pinning);
  say(slowTable(runs));
  const { label, version } = findPeer("hawser");
  const versions = { [label]: version };
  const origin = [...originText({ startedAt, machine, versions }), pinning.note, load];
  const { receivers, rounds, messages, interval } = options;
  const kept = { startedAt, machine, versions, receivers, rounds, messages, interval, runs };
  const page = slowPage(options, runs, origin);
  say(`\n${keepResult(root, "slow-receiver", { isWritten: options.writes, kept, page })}`);
  return 0;
}
