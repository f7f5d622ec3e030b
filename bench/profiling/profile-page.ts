/** Profiles of several peers as a page: the shares side by side, and each peer's hottest functions. */
import type { Machine } from "../measuring/machine.ts";
import { markdownTable } from "../reporting/table.ts";
import { addUp, type HotSpot, ORIGINS, sharesOf, totalOf } from "./hot-spots.ts";

/** What was sampled of one peer. */
export interface PeerProfile {
  readonly label: string;
  readonly version: string;
  readonly spots: readonly HotSpot[];
  /** CPU time for each message (µs). */
  readonly costEach: number;
}

export interface ProfileDocument {
  readonly title: string;
  readonly startedAt: string;
  readonly machine: Machine;
  /** How samples were taken, and what a reader must know of it. */
  readonly notes: readonly string[];
  readonly peers: readonly PeerProfile[];
}

const SHOWN_FUNCTIONS = 30;

/** The kernel's are much the same for every server. */
const SHOWN_KERNEL_FUNCTIONS = 10;

/** The page, in Markdown. */
export function profilePage({ title, startedAt, machine, notes, peers }: ProfileDocument): string {
  const versions = peers.map(({ label, version }) => `${label} ${version}`).join(", ");
  return `# Profile: ${title}

Written by \`npm run bench -- --profile\`; do not edit.

${shareTable(peers)}

- ${startedAt.slice(0, 10)}, commit ${machine.commit}: ${versions}, Node ${machine.node}.
- ${machine.cpu}, ${machine.cores} cores, ${machine.system}, loopback.
${notes.map((note) => `- ${note}`).join("\n")}

${peers.map(functionSection).join("\n\n")}
`;
}

/** One line for each origin: its share of the samples, and what that is for a message. */
export function shareTable(peers: readonly PeerProfile[]): string {
  const shares = peers.map(({ spots }) => sharesOf(spots));
  const present = ORIGINS.filter((origin) => shares.some((share) => share.has(origin)));
  const head = ["where", ...peers.flatMap(({ label }) => [label, `${label}, µs each`])];
  const lines = present.map((origin) => [
    origin,
    ...peers.flatMap(({ costEach }, index) => {
      const share = shares[index]!.get(origin) ?? 0;
      return [percent(share), (share * costEach).toFixed(2)];
    }),
  ]);
  const sum = ["all", ...peers.flatMap(({ costEach }) => ["100.0 %", costEach.toFixed(2)])];
  return markdownTable(head, [...lines, sum]);
}

function functionSection({ label, spots }: PeerProfile): string {
  const all = totalOf(spots);
  const functions = addUp(spots);
  const table = (shown: readonly HotSpot[]) =>
    markdownTable(
      ["where", "function", "share"],
      shown.map(({ origin, name, samples }) => [origin, name.replaceAll("|", "\\|"), percent(samples / all)]),
      2,
    );
  const outside = functions.filter(({ origin }) => origin !== "kernel").slice(0, SHOWN_FUNCTIONS);
  const inside = functions.filter(({ origin }) => origin === "kernel").slice(0, SHOWN_KERNEL_FUNCTIONS);
  const heading = `## ${label}: ${all.toLocaleString("en-US")} samples`;
  return [heading, table(outside), ...(inside.length === 0 ? [] : [table(inside)])].join("\n\n");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
