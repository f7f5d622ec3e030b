import { describe, expect, test } from "vitest";
import { CORPUS, exampleSamples, PLAN } from "../../test/support/example-result.ts";
import type { Row } from "./result.ts";
import { baseOf, gridOf, type RowSamples, rowsOf } from "./tables.ts";

function rows(change: (sample: RowSamples) => RowSamples = (sample) => sample): Record<string, Row> {
  const { cells, rows: samples } = exampleSamples();
  const made = rowsOf(samples.map(change), baseOf(cells), CORPUS, PLAN);
  return Object.fromEntries(made.map((row) => [row.id, row]));
}

describe("the grid", () => {
  const grid = gridOf(exampleSamples().cells, CORPUS);

  test("sizes are a message's, of the original, and against 12/5", () => {
    const cell = grid.find(({ windowBits, level }) => windowBits === 15 && level === 6)!;
    // 80,000 - 15 * 4,000 of 100,000 bytes in 100 messages; 32,000 with 12 bits
    expect(cell).toMatchObject({ size: 200, ratio: 0.2, sizeToBase: 20_000 / 32_000 - 1 });
  });

  test("times are the least of the rounds, and against 12/5 at level 6", () => {
    const cell = grid.find(({ windowBits, level }) => windowBits === 9 && level === 9)!;
    expect(cell).toMatchObject({ deflate: 18, inflate: 9, timeToBase: 0 });
  });

  test("12/5 at level 6 is what others are compared with", () => {
    const cell = grid.find(({ windowBits, level }) => windowBits === 12 && level === 6)!;
    expect([cell.sizeToBase, cell.timeToBase]).toEqual([0, 0]);
    expect(() => baseOf(exampleSamples().cells.filter(({ windowBits }) => windowBits !== 12))).toThrow(
      "Cannot compare",
    );
  });
});

describe("a row", () => {
  test("without compression has the size of the messages, and takes no time", () => {
    expect(rows()["none"]).toMatchObject({
      windowBits: null,
      size: 1_000,
      ratio: 1,
      deflate: 0,
      timeToBase: -1,
      roundRobin: { deflatePerSecond: null, inflatePerSecond: null },
      server: { rssOverNone: 0, rssFull: 3_000 },
      cost: { cores: 0, memory: 30_000_000, memoryFull: 30_000_000, bandwidth: 80_000_000 },
    });
  });

  test("has its level 6 cell's figures, and those without context its own", () => {
    expect(rows()["13/6"]).toMatchObject({ windowBits: 13, memLevel: 6, takeover: true, size: 280, deflate: 19 });
    expect(rows()["12/5 no takeover"]).toMatchObject({ windowBits: 12, takeover: false, size: 600, deflate: 10 });
  });

  test("messages a second for a core are the inverse of the time", () => {
    expect(rows()["14/7"]!.roundRobin).toMatchObject({
      deflate: 20,
      deflatePerSecond: 50_000,
      inflatePerSecond: 200_000,
    });
  });

  test("messages that are all too short to be compressed take no time, and have no rate", () => {
    const idle = rows((sample) => ({ ...sample, roundRobin: { deflate: [0], inflate: [0], heldBytes: 0 } }));
    expect(idle["12/5"]!.roundRobin).toMatchObject({ deflatePerSecond: null, inflatePerSecond: null });
  });

  test("memory with full windows adds what is missing from them", () => {
    // 8,192 bytes when full, of which 4,096 are in use
    expect(rows()["12/5"]!.server).toMatchObject({ rss: 11_192, rssOverNone: 8_192, rssFull: 15_288 });
    const fuller = rows((sample) => ({ ...sample, server: { ...sample.server, inUse: sample.server.inUse * 9 } }));
    expect(fuller["12/5"]!.server.rssFull).toBe(11_192);
  });

  test("a library that does not say what it holds leaves that open", () => {
    const silent = rows((sample) => {
      const { roundRobin } = sample;
      return roundRobin === undefined ? sample : { ...sample, roundRobin: { ...roundRobin, heldBytes: undefined } };
    });
    expect(silent["12/5"]).toMatchObject({ server: { rssFull: null }, cost: { memoryFull: null } });
  });

  test("10,000 connections cost their memory, cores for both directions, and bandwidth", () => {
    expect(rows()["12/5"]!.cost).toEqual({
      connections: 10_000,
      memory: 111_920_000,
      memoryFull: 152_880_000,
      // 18 µs to compress and 5 to decompress, 10,000 times a second
      cores: 0.23,
      bandwidth: 320 * 8 * 10_000,
    });
  });
});
