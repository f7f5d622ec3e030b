/** Metrics of workers that come and go: counters never go back, and levels are those of one process each. */

import { type MetricSnapshot, mergeSnapshots, prometheusText } from "hawser/metrics";
import { expect, test } from "vitest";
import { type FakeRun, readyRun } from "../../test/support/fake-workers.ts";

function counts(messages: number, startedAt = 1): MetricSnapshot {
  return [
    { name: "messages_total", help: "", type: "counter", samples: [{ labels: {}, value: messages }] },
    { name: "start_time", help: "", type: "gauge", samples: [{ labels: {}, value: startedAt }] },
  ];
}

async function scraped({ supervisor }: FakeRun): Promise<string[]> {
  const text = prometheusText(mergeSnapshots(await supervisor.metrics()));
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("each worker has a label", async () => {
  const run = readyRun({ workers: "2" });
  for (const worker of run.launched) worker.counts = counts(1).slice(0, 1);
  expect(await scraped(run)).toEqual(['messages_total{worker="1"} 1', 'messages_total{worker="2"} 1']);
});

test("a worker that ended stays in the counters of its place", async () => {
  const run = readyRun({ workers: "1" });
  run.launched[0]!.counts = counts(100);
  expect(await scraped(run)).toEqual(['messages_total{worker="1"} 100', 'start_time{worker="1"} 1']);
  run.launched[0]!.crash();
  expect(await scraped(run)).toEqual(['messages_total{worker="1"} 100']);
  await run.clock.advance(500);
  run.launched[1]!.ready().counts = counts(5, 2);
  expect(await scraped(run)).toEqual(['messages_total{worker="1"} 105', 'start_time{worker="1"} 2']);
});

test("what it told last, at its end, counts", async () => {
  const run = readyRun({ workers: "1..2" });
  run.supervisor.setTarget(2);
  run.launched[1]!.ready().counts = counts(1);
  await scraped(run);
  run.supervisor.setTarget(1);
  run.launched[1]!.counted = counts(7);
  run.launched[1]!.leave();
  expect(await scraped(run)).toContain('messages_total{worker="2"} 7');
});

test("while one takes another's place, each has levels of its own, and the counters are a sum", async () => {
  const run = readyRun({ workers: "1" });
  void run.supervisor.restart();
  run.launched[1]!.ready().counts = counts(5, 2);
  run.launched[0]!.counts = counts(100, 1);
  expect((await scraped(run)).sort()).toEqual([
    'messages_total{worker="1"} 105',
    'start_time{worker="1",leaving="true"} 1',
    'start_time{worker="1"} 2',
  ]);
});

test("one that does not answer keeps its counters, and has no levels", async () => {
  const run = readyRun({ workers: "1" });
  run.launched[0]!.counts = counts(100);
  await scraped(run);
  run.launched[0]!.counts = undefined;
  expect(await scraped(run)).toEqual(['messages_total{worker="1"} 100']);
});

test("one that ends while it is asked counts once", async () => {
  const run = readyRun({ workers: "1" });
  run.launched[0]!.counts = counts(100);
  const asked = scraped(run);
  run.launched[0]!.leave();
  expect(await asked).toEqual(['messages_total{worker="1"} 100']);
});
