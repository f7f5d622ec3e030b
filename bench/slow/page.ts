/** The table of what a slow receiver does to the others, and its page. */
import { type Summary, summarize } from "../reporting/statistics.ts";
import { markdownTable } from "../reporting/table.ts";
import type { SlowRun } from "./measure-slow.ts";
import type { SlowOptions } from "./options.ts";
import { MESSAGE_SIZE, WAYS, type Way } from "./ways.ts";

const KIB = 1_024;

const TITLES: Readonly<Record<Way, string>> = {
  nobody: "nobody",
  skip: "one, `skip`",
  conflate: "one, `conflate`",
};

/** Medians over the rounds; ratios are to the run of the same round in which nobody is slow. */
export function slowTable(runs: readonly SlowRun[]): string {
  const head = ["slow", "p50 ms", "p99 ms", "p50 ratio", "p99 ratio", "CPU ratio", "KiB waiting", "KiB more memory"];
  return markdownTable(
    head,
    WAYS.map((way) => {
      const own = runs.filter((run) => run.way === way);
      const figure = (of: (run: SlowRun) => number) => summarize(own.map(of));
      const ratio = (of: (run: SlowRun) => number) => summarize(own.map((run) => of(run) / of(baseOf(run, runs))));
      return [
        TITLES[way],
        spread(figure(({ p50 }) => p50)),
        spread(figure(({ p99 }) => p99)),
        spread(ratio(({ p50 }) => p50)),
        spread(ratio(({ p99 }) => p99)),
        spread(ratio(({ cpu }) => cpu)),
        (Math.max(...own.map(({ buffered }) => buffered)) / KIB).toFixed(1),
        spread(
          figure(({ growth }) => growth / KIB),
          0,
        ),
      ];
    }),
  );
}

function baseOf({ round }: SlowRun, runs: readonly SlowRun[]): SlowRun {
  return runs.find((run) => run.round === round && run.way === "nobody")!;
}

function spread({ median, lower, upper }: Summary, digits = 2): string {
  return `${median.toFixed(digits)} (${lower.toFixed(digits)} to ${upper.toFixed(digits)})`;
}

/** The page that `slow-receiver.md` holds. */
export function slowPage(options: SlowOptions, runs: readonly SlowRun[], origin: readonly string[]): string {
  const { receivers, rounds, messages, interval } = options;
  return `# A slow receiver among fast ones

Written by \`npm run bench -- slow\`; do not edit. How it is measured: [the benchmark's README](../README.md).

A topic with ${receivers.toLocaleString("en-US")} receivers in a process of their own, to which ${messages} messages of ${MESSAGE_SIZE} bytes are published, one each ${interval} ms; and one receiver more that reads nothing and is full from the start. ${rounds} rounds, the ways in turn on the same server. From publishing to the receiver's process; median of the rounds, and quartiles.

${slowTable(runs)}

\`skip\` holds the slow one to \`maxBuffered\`, 1,024 KiB here, plus the message that went over it; \`conflate\` to \`writeLimit\`, 32 KiB, and one message. _KiB waiting_ is the most that ever waited for it in the server; _KiB more memory_ is how resident memory grew from before it came, after forced collections.

${origin.map((line) => `- ${line}`).join("\n")}
`;
}
