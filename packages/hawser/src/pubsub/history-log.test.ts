import { expect, test } from "vitest";
import { HistoryLog } from "./history-log.ts";

const LIMITS = { maxCount: 3, maxAge: 100 };

function publication(data: string) {
  return { topic: "t", kind: "message", data, key: undefined, compress: undefined } as const;
}

const offsets = (log: HistoryLog, now: number) =>
  log.page(LIMITS, { last: 1_000 }, now).publications.map(({ offset }) => offset);

test("count and age bound what is kept, however long it goes on", () => {
  const log = new HistoryLog("e", LIMITS, 0);
  for (let count = 1; count <= 500; count++) log.append(publication(`${count}`), LIMITS, 0);
  expect(offsets(log, 0)).toEqual([498, 499, 500]);
  log.append(publication("501"), LIMITS, 50);
  expect(offsets(log, 99)).toEqual([499, 500, 501]);
  expect(offsets(log, 100)).toEqual([501]);
  expect(offsets(log, 150)).toEqual([]);
  expect(log.page(LIMITS, { since: { epoch: "e", offset: 501 } }, 150)).toMatchObject({ isComplete: true });
  expect(log.page(LIMITS, { since: { epoch: "e", offset: 500 } }, 150)).toMatchObject({ isComplete: false });
});

test("is over once it is empty and nobody asked for its time", () => {
  const log = new HistoryLog("e", LIMITS, 0);
  log.append(publication("1"), LIMITS, 0);
  expect([log.isOver(99), log.size]).toEqual([false, 1]);
  log.page(LIMITS, { last: 0 }, 90);
  expect([log.isOver(189), log.size, log.isOver(190)]).toEqual([false, 0, true]);
});
