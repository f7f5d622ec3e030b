/** `node bench/dist/soak/main.js`: abuses a server, and ends with exit code 1 if anything is left of it. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openFilesLimit } from "../measuring/machine.ts";
import { Child } from "../processes/child.ts";
import { markdownTable } from "../reporting/table.ts";
import type { AbusePlan, AbuseProgress } from "./abuser.ts";
import { BEHAVIOURS } from "./behaviours.ts";
import { HELP, parseSoakOptions, type SoakOptions } from "./options.ts";
import { Peer } from "./peer.ts";
import { SeededRandom } from "./random.ts";
import type { ServerFigures } from "./server.ts";
import { judge, RSS_TOLERANCE, type SoakFigures } from "./verdict.ts";

/** Descriptors that a process needs besides its connections. */
const SPARE_FILES = 200;

/** Part of the soak's time that the warm-up takes, and the least seconds of it. */
const WARM_UP = { part: 0.2, seconds: 2 } as const;

/** How long the server gets to be rid of the last connections (ms): its own timeouts twice over. */
const GRACE = 20_000;

const POLL = 200;

async function soak(options: SoakOptions): Promise<number> {
  const server = new Child({
    name: "server",
    script: scriptOf("server"),
    flags: ["--expose-gc"],
    arguments: [options.transport],
  });
  const abuser = new Child({ name: "abuser", script: scriptOf("abuser") });
  try {
    const port = Number(await server.firstLine());
    const figures = await run(port, options, server, abuser);
    process.stdout.write(`${tableOf(figures)}\n\n`);
    const wrong = judge(figures);
    process.stdout.write(
      wrong.length === 0 ? "Passed.\n" : `Failed:\n${wrong.map((text) => `- ${text}`).join("\n")}\n`,
    );
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await Promise.all([server.stop(), abuser.stop()]);
  }
}

async function run(port: number, options: SoakOptions, server: Child, abuser: Child): Promise<SoakFigures> {
  const { connections, seconds, seed } = options;
  const warmUp = Math.max(WARM_UP.seconds, Math.round(seconds * WARM_UP.part));
  say(`${connections} connections: ${warmUp} s to warm up, then ${seconds} s (seed ${seed}) ...`);
  await abuse(abuser, { port, connections, seconds: warmUp, seed: seed + 1 });
  await untilIdle(server);
  const base = await server.request<ServerFigures>("figures");
  const progress = await abuse(abuser, { port, connections, seconds, seed });
  await untilIdle(server);
  const lastClient = await tryClient(port);
  await untilIdle(server);
  const final = await server.request<ServerFigures>("figures");
  const start = performance.now();
  const closedIn = await server.request("close").then(
    () => performance.now() - start,
    () => undefined,
  );
  return { base, final, abuse: progress, lastClient, closedIn };
}

async function abuse(abuser: Child, plan: AbusePlan): Promise<AbuseProgress> {
  await abuser.request("abuse", plan);
  for (;;) {
    await sleep(POLL);
    const progress = await abuser.request<AbuseProgress>("progress");
    if (progress.isDone) return progress;
  }
}

/** Waits for the last timeouts; who is left after that is what the soak is for. */
async function untilIdle(server: Child): Promise<void> {
  for (const end = performance.now() + GRACE; performance.now() < end; await sleep(POLL)) {
    const { connections, openings } = await server.request<ServerFigures>("metrics");
    if (connections + openings === 0) return;
  }
}

async function tryClient(port: number): Promise<string | undefined> {
  try {
    const peer = await Peer.connect(port, "127.0.0.1");
    await BEHAVIOURS["valid chatter"]!(peer, new SeededRandom(1));
    peer.socket.destroy();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function tableOf({ base, final, abuse, closedIn }: SoakFigures): string {
  const row = (title: string, unit: string, ...values: (number | undefined)[]): string[] => [
    title,
    unit,
    ...values.map((value) => (value === undefined ? "-" : Math.round(value).toLocaleString("en-US"))),
  ];
  const mebibytes = (bytes: number) => bytes / 1_048_576;
  const tolerance = `MiB, at most x ${RSS_TOLERANCE.factor} + ${mebibytes(RSS_TOLERANCE.bytes)}`;
  return markdownTable(
    ["what", "unit", "before", "after"],
    [
      row("resident memory", tolerance, mebibytes(base.rss), mebibytes(final.rss)),
      row("heap", "MiB", mebibytes(base.heapUsed), mebibytes(final.heapUsed)),
      row("array buffers", "MiB", mebibytes(base.arrayBuffers), mebibytes(final.arrayBuffers)),
      row("descriptors", "", base.descriptors, final.descriptors),
      row("connections opened", "", base.accepted, final.accepted),
      row("connections closed", "", base.closed, final.closed),
      row("requests refused", "", base.refused, final.refused),
      row("escaped to the process", "", base.escaped.length, final.escaped.length),
      row("clients that could not connect", "", undefined, abuse.refused),
      row("time to close", "ms", undefined, closedIn),
      ...Object.entries(abuse.lives)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, lives]) => row(name, "lives", undefined, lives)),
    ],
  );
}

/** Fewer connections where the system allows no more. */
function withinLimits(options: SoakOptions): SoakOptions {
  const most = openFilesLimit() - SPARE_FILES;
  if (options.connections <= most) return options;
  say(`Fewer connections than asked for: \`ulimit -n\` allows ${most}.`);
  return { ...options, connections: most };
}

function scriptOf(name: string): string {
  return join(import.meta.dirname, `${name}.js`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  const options = parseSoakOptions(process.argv.slice(2));
  if (options === "help") process.stdout.write(HELP);
  else process.exitCode = await soak(withinLimits(options));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 1;
}
