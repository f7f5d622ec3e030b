/**
 * The columns of the tables with a line for each setting. The same for text and HTML.
 */

import { bitRate, difference, figure, gib, kib, percent, roughly } from "../../report/format.ts";
import type { Plan, Row } from "../result.ts";
import { BASE_ID, NONE_ID } from "../settings.ts";

export interface Column {
  readonly title: string;
  text(row: Row): string;
}

export interface RowTable {
  readonly title: string;
  readonly columns: readonly Column[];
}

/** @param plan what the titles say was done */
export function rowTables({ connections, exchange, rate }: Plan): RowTable[] {
  const count = connections.toLocaleString("en-US");
  return [
    { title: "Window bits / memory level, one connection", columns: SIZE_AND_TIME },
    { title: `${count} connections, ${exchange} messages each way`, columns: MANY },
    { title: `10,000 connections, ${rate.toLocaleString("en-US")} messages a second each way`, columns: COSTS },
  ];
}

const SIZE_AND_TIME: readonly Column[] = [
  { title: "% of original", text: ({ ratio }) => percent(ratio).replace(" %", "") },
  { title: "size to 12/5", text: (row) => toBase(row, row.sizeToBase) },
  { title: "deflate µs", text: (row) => unlessNone(row, figure(row.deflate)) },
  { title: "time to 12/5", text: (row) => unlessNone(row, toBase(row, row.timeToBase)) },
  { title: "inflate µs", text: (row) => unlessNone(row, figure(row.inflate)) },
];

const MANY: readonly Column[] = [
  { title: "KiB RSS", text: ({ server }) => kib(server.rss) },
  { title: "over none", text: (row) => unlessNone(row, kib(row.server.rssOverNone)) },
  { title: "in use", text: ({ server }) => kib(server.inUse) },
  { title: "RSS, windows full", text: ({ server }) => (server.rssFull === null ? "-" : kib(server.rssFull)) },
  { title: "deflates/s/core", text: ({ roundRobin }) => roughly(roundRobin.deflatePerSecond) },
  { title: "inflates/s/core", text: ({ roundRobin }) => roughly(roundRobin.inflatePerSecond) },
  { title: "server µs/echo", text: ({ server }) => figure(server.echo) },
];

const COSTS: readonly Column[] = [
  { title: "GiB", text: ({ cost }) => gib(cost.memory) },
  { title: "GiB, windows full", text: ({ cost }) => (cost.memoryFull === null ? "-" : gib(cost.memoryFull)) },
  { title: "cores", text: ({ cost }) => cost.cores.toFixed(2) },
  { title: "payload out", text: ({ cost }) => bitRate(cost.bandwidth) },
];

function unlessNone({ id }: Row, text: string): string {
  return id === NONE_ID ? "-" : text;
}

function toBase({ id }: Row, share: number): string {
  return id === BASE_ID ? "=" : difference(share).replace("=", "+0 %");
}
