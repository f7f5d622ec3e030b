/** The page of what several processes do. */
import { originText } from "../reporting/origin.ts";
import { markdownTable } from "../reporting/table.ts";
import type { BlockingResult } from "./measure-blocking.ts";
import type { EchoResult, Ratio } from "./measure-echo.ts";
import type { RestartResult } from "./measure-restart.ts";
import type { ScalingResult } from "./measure-scaling.ts";
import type { Part, WorkersResults } from "./results.ts";

export function workersPage({ restart, blocking, scaling, echo }: WorkersResults): string {
  const parts = [
    "# Several processes under `hawser run`\n\nMade by `npm run bench -- workers`.",
    restart === undefined ? "" : restartPart(restart),
    blocking === undefined ? "" : blockingPart(blocking),
    scaling === undefined ? "" : scalingPart(scaling),
    echo === undefined ? "" : echoPart(echo),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function restartPart(result: Part<RestartResult>): string {
  const { workers, connections, window, codes, served, refused, closedAgain, perTenth } = result;
  const shown = Object.entries(codes).map(([code, count]) => `${count} with ${code}`);
  const bars = result.perSecond.map((count, second) => `${String(second).padStart(3)} s ${"#".repeat(count)} ${count}`);
  const rows = [
    ["connections open at the signal", String(connections)],
    ["of these, closed", shown.join(", ")],
    ["closed again after they came back", String(closedAgain)],
    ["new connections meanwhile, each used", String(served)],
    ["refused, reset or cut off", String(refused.length)],
    ["from the signal to the last close", seconds(result.duration)],
    ["closes in each tenth of the time", `${Math.min(...perTenth)} to ${Math.max(...perTenth)}`],
  ];
  return `## A rolling restart

${workers} workers, a window of ${seconds(window)}.

${markdownTable(["", "figure"], rows, 1)}

Closes in each second after the signal:

\`\`\`text
${bars.join("\n")}
\`\`\`

${origin(result)}`;
}

function blockingPart(result: Part<BlockingResult>): string {
  const { workers, clients, messages, ideal, duration, imbalance } = result;
  const rows = [
    ["ideal: every worker blocked all the time", seconds(ideal)],
    ["measured", `${seconds(duration)}, ${(duration / ideal).toFixed(2)} of it`],
    ["connections of the fullest worker to the mean", imbalance.toFixed(2)],
  ];
  return `## A program that blocks

${workers} workers; each message blocks its worker for 100 ms; ${clients} clients with ${messages} messages each, one after the other.

${markdownTable(["", "figure"], rows, 1)}

${origin(result)}`;
}

function scalingPart(result: Part<ScalingResult>): string {
  const { connections, left, most, each, changes, codes, refused, open, duration } = result;
  const asked = Object.entries(codes).map(([code, count]) => `${count} with ${code}`);
  const rows = [
    ...changes.map(({ at, workers, connections: then }) => [`${at} s: ${then} connections`, `${workers} workers`]),
    ["closed by the server", asked.join(", ") || "0"],
    ["refused, reset or lost", String(refused.length)],
    ["connections at the end", `${open} of ${left}`],
  ];
  return `## A ramp under the autoscaler

\`--workers 1..${most} --scale connections=${each}\`: ${connections} clients come, ${connections - left} of them leave; those who are asked to come back do. ${duration} s.

${markdownTable(["", "figure"], rows, 1)}

${origin(result)}`;
}

function echoPart(result: Part<EchoResult>): string {
  const { rounds, connections, alone, supervised, scraped, supervision, scraping, note } = result;
  const rows = [
    ["alone", String(alone)],
    ["as a worker", String(supervised)],
    ["as a worker, `/metrics` scraped every second", String(scraped)],
    ["a worker to the program alone", ratioText(supervision)],
    ["scraped to not scraped", ratioText(scraping)],
  ];
  return `## Echoes for each second of CPU time

125 B, ${connections} connections, one message under way on each; ${rounds} rounds, in turn. Ratios are medians of the rounds, with their quartiles. ${note}

${markdownTable(["the program", "echoes"], rows, 1)}

${origin(result)}`;
}

function ratioText({ median, quartiles }: Ratio): string {
  return `${median.toFixed(3)} (${quartiles.map((one) => one.toFixed(3)).join(" to ")})`;
}

function origin({ startedAt, machine }: Part<object>): string {
  return originText({ startedAt, machine, versions: {} })
    .map((line) => line.replace(": , Node", ": Node"))
    .join(" ");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
