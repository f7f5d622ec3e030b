/** The table of delays between processes, and its page. */
import { quantile, type Summary, summarize } from "../reporting/statistics.ts";
import { markdownTable } from "../reporting/table.ts";

/** Three ways from one process to another: the engine's bare client, a topic, a topic with a history. */
export const DELAY_WAYS = ["bare", "topic", "history"] as const;

export type DelayWay = (typeof DELAY_WAYS)[number];

/** One run of one engine, in milliseconds. */
export interface DelayRun {
  readonly engine: string;
  readonly round: number;
  readonly delays: Readonly<Record<DelayWay, { readonly p50: number; readonly p99: number }>>;
}

/** Of the deliveries at the beginning, while code is compiled. */
const WARM_UP = 0.2;

export function settledQuantiles(delays: readonly number[]): { readonly p50: number; readonly p99: number } {
  const settled = delays.slice(Math.floor(delays.length * WARM_UP));
  return { p50: quantile(settled, 0.5), p99: quantile(settled, 0.99) };
}

/** Medians over the rounds. The overhead is that of a run's topic over its own bare client, with quartiles. */
export function delayTable(runs: readonly DelayRun[]): string {
  const head = ["engine", ...DELAY_WAYS.flatMap((way) => [`${TITLES[way]} p50`, "p99"]), "overhead at p50", "at p99"];
  const engines = [...new Set(runs.map(({ engine }) => engine))];
  return markdownTable(
    head,
    engines.map((engine) => {
      const own = runs.filter((run) => run.engine === engine);
      const median = (way: DelayWay, at: "p50" | "p99") =>
        summarize(own.map(({ delays }) => delays[way][at])).median.toFixed(2);
      const overhead = (at: "p50" | "p99") =>
        spread(summarize(own.map(({ delays }) => delays.topic[at] - delays.bare[at])));
      const cells = DELAY_WAYS.flatMap((way) => [median(way, "p50"), median(way, "p99")]);
      return [engine, ...cells, overhead("p50"), overhead("p99")];
    }),
  );
}

const TITLES: Readonly<Record<DelayWay, string>> = { bare: "bare", topic: "topic", history: "with history" };

function spread({ median, lower, upper }: Summary): string {
  return `${median.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
}

/** The page that `pubsub.md` holds. */
export function delayPage(runs: readonly DelayRun[], count: number, origin: readonly string[]): string {
  const rounds = new Set(runs.map(({ round }) => round)).size;
  return `# From one process to another

Written by \`node bench/dist/pubsub/main.js\`; do not edit. How it is measured: [the benchmark's README](../README.md).

Milliseconds from publishing in one process to delivery in another: by the engine's bare client, to a topic, and to a topic with a history (\`redis\` in a stream, \`nats\` in JetStream). ${count} publications of about 220 bytes each way, in turn, one each 2 ms; ${rounds} rounds of all engines. Medians of the rounds, without the first fifth of each; the overhead is the topic's over the bare client's in the same run, with quartiles.

${delayTable(runs)}

${origin.map((line) => `- ${line}`).join("\n")}
`;
}
