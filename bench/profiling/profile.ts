/** `--profile`: workloads on each peer under a sampler, and the page that shows where the time went. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeMachine } from "../measuring/machine.ts";
import { onLoadedStage } from "../measuring/measure.ts";
import { takeSample, throughputFigure } from "../measuring/measure-throughput.ts";
import { type Peer, takesPart } from "../peers/catalogue.ts";
import type { Session } from "../session.ts";
import type { ThroughputWorkload } from "../workloads/workload.ts";
import { type PeerProfile, type ProfileDocument, profilePage, shareTable } from "./profile-page.ts";
import { chooseSampler, type Sampler } from "./sampler.ts";

/** Longer than before a measurement: what is compiled late is not to be seen. */
const WARM_UP = 1_500;

const MICROSECONDS = 1e6;

/**
 * Profiles each of the session's workloads on each of its peers, prints the shares and writes `bench/results/profile-<id>.md`.
 *
 * Throws a `TypeError` for a workload without load.
 */
export async function profile(root: string, session: Session, say: (text: string) => void): Promise<void> {
  for (const workload of session.workloads) {
    if (workload.kind === "idle") throw new TypeError(`Cannot profile: ${workload.id} has no load`);
    const document = await profileWorkload(workload, session, say);
    say(`\n${shareTable(document.peers)}\n\nWritten: ${write(root, workload.id, document)}`);
  }
}

async function profileWorkload(
  workload: ThroughputWorkload,
  session: Session,
  say: (text: string) => void,
): Promise<ProfileDocument> {
  const sampler = chooseSampler();
  const startedAt = new Date().toISOString();
  const peers: PeerProfile[] = [];
  for (const peer of session.peers.filter((one) => takesPart(one, workload))) {
    say(`Profiling ${workload.id} on ${peer.label} ...`);
    peers.push(await profilePeer(workload, peer, session, sampler));
  }
  const notes = [sampler.note, ...session.notes];
  return { title: workload.title, startedAt, machine: describeMachine(), notes, peers };
}

function profilePeer(
  workload: ThroughputWorkload,
  peer: Peer,
  { pinning, settings }: Session,
  sampler: Sampler,
): Promise<PeerProfile> {
  return onLoadedStage(workload, peer, { pinning, nodeFlags: sampler.nodeFlags }, async (stage) => {
    await stage.load.start();
    await sleep(WARM_UP);
    const before = await takeSample(stage);
    const spots = await sampler.sample(stage.subject, settings.seconds);
    const { value } = throughputFigure(workload, before, await takeSample(stage));
    await stage.load.finish();
    if (spots.length === 0) throw new Error(`Cannot profile ${peer.label}: the sampler saw nothing`);
    return { label: peer.label, version: peer.version, spots, costEach: MICROSECONDS / value };
  });
}

function write(root: string, id: string, document: ProfileDocument): string {
  const folder = join(root, "bench", "results");
  const path = join(folder, `profile-${id}.md`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, profilePage(document));
  return relative(root, path);
}
