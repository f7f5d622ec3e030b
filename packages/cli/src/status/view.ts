/**
 * A supervisor's status as lines of text. Pure; draws nothing.
 */

import { textTable } from "../terminal/table.ts";
import { visibleText } from "../terminal/visible.ts";
import type { ShownExit, ShownStatus, ShownWorker } from "./admin-client.ts";

const HEAD = ["worker", "pid", "state", "connections", "cpu", "memory", "age", "restarts"];
const WORDS = 3;

/** Exits that are shown: the newest. */
const EXITS = 5;

/** @param now epoch milliseconds */
export function statusLines(status: ShownStatus, now: number): string[] {
  const { name, version, pid, state, startedAt, entry, workers } = status;
  const title = name === undefined ? `hawser ${version}` : `${name} (hawser ${version})`;
  const rows = [...workers].sort((one, other) => one.id - other.id || one.startedAt - other.startedAt);
  return [
    `${title}, pid ${pid}, ${state}, up for ${ageText(now - startedAt)}`,
    entry,
    "",
    ...textTable(HEAD, [...rows.map((worker) => workerRow(worker, now)), totalRow(status)], WORDS).split("\n"),
    ...drainLines(status, now),
    ...exitLines(status, now),
  ].map(printable);
}

function workerRow(
  { id, pid, state, connections, cpu, memory, startedAt, restarts }: ShownWorker,
  now: number,
): string[] {
  const figures = [
    countText(connections),
    percentText(cpu),
    sizeText(memory),
    ageText(now - startedAt),
    String(restarts),
  ];
  return [String(id), String(pid ?? "-"), state, ...figures];
}

function totalRow({ workers, target }: ShownStatus): string[] {
  const total = (figure: (worker: ShownWorker) => number) => workers.reduce((sum, worker) => sum + figure(worker), 0);
  const ready = workers.filter(({ state }) => state === "ready").length;
  const figures = [countText(total(({ connections }) => connections)), percentText(total(({ cpu }) => cpu))];
  const rest = [sizeText(total(({ memory }) => memory)), "", String(total(({ restarts }) => restarts))];
  return ["all", "", `${ready} of ${target} ready`, ...figures, ...rest];
}

const CELLS = 20;

function drainLines({ drain }: ShownStatus, now: number): string[] {
  if (drain === undefined) return [];
  const share = drain.of === 0 ? 1 : Math.min(Math.max(1 - drain.left / drain.of, 0), 1);
  const filled = Math.floor(share * CELLS);
  const bar = `[${"#".repeat(filled)}${".".repeat(CELLS - filled)}]`;
  const time = drain.until > now ? `, ${ageText(drain.until - now)} to go` : "";
  return ["", `closing connections ${bar} ${countText(drain.left)} of ${countText(drain.of)} left${time}`];
}

function exitLines({ lastExits }: ShownStatus, now: number): string[] {
  if (lastExits.length === 0) return [];
  const newest = [...lastExits].sort((one, other) => other.at - one.at).slice(0, EXITS);
  return ["", "last exits", ...newest.map((exit) => `  ${exitText(exit, now)}`)];
}

function exitText({ id, pid, at, code, signal, reason }: ShownExit, now: number): string {
  const how = signal ?? `exit code ${code ?? "unknown"}`;
  return `worker ${id} (pid ${pid}), ${ageText(now - at)} ago, ${how}: ${reason}`;
}

/** `9 s`, `12 min`, `3 h 5 min`, `2 d 4 h`: the two largest units that say something. */
export function ageText(milliseconds: number): string {
  const seconds = Math.max(Math.round(milliseconds / 1_000), 0);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function sizeText(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** What comes over the network must not steer the terminal, nor begin lines of its own. */
function printable(line: string): string {
  return visibleText(line).replaceAll("\n", "\\x0a");
}
