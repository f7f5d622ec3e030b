/** The plan as text for a terminal. */

import { byteSize, figure, percent } from "../report/format.ts";
import { linearScale, logarithmicScale } from "../report/scale.ts";
import { textPlot } from "../terminal/plot.ts";
import { textTable } from "../terminal/table.ts";
import type { Capacity, PlanResult, Step } from "./result.ts";

const PLOT_HEIGHT = 10;
const MOST_COLUMNS = 72;

/** @param columns of the terminal */
export function textReport(result: PlanResult, columns = MOST_COLUMNS): string {
  const { notes } = result;
  const sections = [
    headLine(result),
    textTable(STEP_HEAD, stepRows(result.measured.steps)),
    ...curve(result.measured.steps, columns),
    `${capacityTitle(result)}\n${lined(capacityLines(result))}`,
    `${answerTitle(result)}\n${lined(answerLines(result))}`,
    `Set\n${limitLines(result)
      .map((line) => `  ${line}`)
      .join("\n")}`,
    ...(notes.length === 0 ? [] : [notes.map((note) => `Note: ${note}`).join("\n")]),
  ];
  return `${sections.join("\n\n")}\n`;
}

export function headLine({ entry, machine, messages, measured }: PlanResult): string {
  return `${entry}, ${count(measured.memory.sample)} connections, ${messages}: one process on ${machine.cores} x ${machine.processor}, Node ${machine.node}`;
}

export const STEP_HEAD: readonly string[] = ["messages/s", "answered/s", "CPU", "loop busy", "p50 ms", "p99 ms", ""];

/** In the order of the load. */
export function stepRows(steps: readonly Step[]): string[][] {
  return steps
    .toSorted((one, other) => one.offered - other.offered)
    .map(({ offered, received, cpu, loop, p50, p99, isSaturated }) => [
      count(offered),
      count(received),
      percent(cpu),
      percent(loop),
      p50 === null ? "-" : figure(p50),
      p99 === null ? "-" : figure(p99),
      isSaturated ? "saturated" : "",
    ]);
}

function curve(steps: readonly Step[], columns: number): string[] {
  const points = steps.flatMap(({ received, p99 }) => (p99 === null ? [] : [{ x: received, y: p99 }]));
  if (points.length < 2) return [];
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [linearScale(0, Math.max(...xs), 4), logarithmicScale(Math.min(...ys), Math.max(...ys))];
  const plot = textPlot({
    points,
    placeX: x.place,
    placeY: y.place,
    xTicks: x.ticks,
    yTicks: y.ticks,
    xText: count,
    yText: (value) => `${value} ms`,
    width: Math.max(30, Math.min(columns, MOST_COLUMNS) - 12),
    height: PLOT_HEIGHT,
  });
  return [`99th percentile of latency, by messages answered a second\n${plot}`];
}

type Row = readonly [title: string, text: string];

function lined(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`).join("\n");
}

export function capacityTitle({ demand }: PlanResult): string {
  return `One process, ${percentOf(demand.headroom)} of its time left free`;
}

const LIMITS: Readonly<Record<Capacity["limit"], string>> = {
  CPU: "CPU is what ends first",
  waiting: "waiting, not CPU, is what ends first",
  memory: "--memory is what ends first",
  heap: "the heap's limit is what ends first",
};

export function capacityLines({ capacity, demand, measured }: PlanResult): Row[] {
  const { memory } = measured;
  const each = demand.rate === 0 ? "that are idle" : `at ${demand.rate.toLocaleString("en-US")} messages/s each`;
  return [
    [
      "messages",
      `${rough(capacity.messages)}/s (${figure(capacity.cpuPerMessage * 1_000)} µs of CPU each; ± ${percentOf(capacity.spread)})`,
    ],
    ["connections", `${rough(capacity.connections)} ${each}: ${LIMITS[capacity.limit]}`],
    ["openings", `${rough(capacity.openings)}/s (${figure(measured.cpuPerOpening * 1_000)} µs of CPU each)`],
    [
      "memory",
      `${byteSize(memory.base)}, and ${byteSize(memory.idle)} for each open connection (± ${percentOf(memory.spread)}), ${byteSize(memory.used)} after messages`,
    ],
    ...(capacity.saturation === null
      ? []
      : [["saturated", `at ${rough(capacity.saturation)} messages/s, as this machine was`] as const]),
  ];
}

export function answerTitle({ demand }: PlanResult): string {
  const { connections, rate } = demand;
  return `For ${count(connections)} connections that send ${rate.toLocaleString("en-US")} messages/s each`;
}

export function answerLines({ answer }: PlanResult): Row[] {
  const { processes, fewest, most, each, secondsToReopen } = answer;
  const range = fewest === most ? "" : ` (${fewest} to ${most}, as measured)`;
  return [
    ["processes", `${count(processes)}${range}`],
    [
      "each",
      `${count(each.connections)} connections, ${rough(each.messages)} messages/s, ${percentOf(each.cpu)} of a core, ${byteSize(each.memory)}`,
    ],
    ["reopening", `${figure(secondsToReopen)} s if all clients of one come back at once`],
  ];
}

/** Lines to paste, with what they are for. */
export function limitLines({ answer, entry }: PlanResult): string[] {
  const { limits, scale, processes } = answer;
  const { maxConnections, backlog, descriptors, containerMemory } = limits;
  const lines: Row[] = [
    [
      `serve(handler, { maxConnections: ${maxConnections}, backlog: ${backlog} })`,
      "more get 503; room for those of a process that is gone",
    ],
    [`net.core.somaxconn=${Math.max(4_096, backlog)}`, "the kernel's end of the backlog"],
    [`ulimit -n ${descriptors}`, "LimitNOFILE in systemd"],
    [`${Math.round(containerMemory / 1_048_576)}Mi`, "memory of a container, with the kernel's for the sockets"],
    [
      `hawser run ${entry} --workers ${processes}..${processes * 2} --scale connections=${scale.connections}`,
      `or --scale cpu=${scale.cpu}`,
    ],
  ];
  const width = Math.max(...lines.map(([line]) => line.length));
  return lines.map(([line, what]) => `${line.padEnd(width)}  # ${what}`);
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Two digits: more would say more than was measured. */
function rough(value: number): string {
  return value < 10 ? value.toFixed(1) : Number(value.toPrecision(2)).toLocaleString("en-US");
}

function percentOf(share: number): string {
  return `${Math.round(share * 100)} %`;
}
