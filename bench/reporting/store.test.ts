import { describe, expect, test } from "vitest";
import { resultPage, resultSection } from "./page.ts";
import { EMPTY_STORE, mergeRows, type Provenance, type StoredRow } from "./store.ts";

const FROM: Provenance = {
  startedAt: "2026-01-02T03:04:05Z",
  machine: { cpu: "a CPU", cores: 2, memoryGiB: 4, system: "Linux 6", node: "v20.1.0", commit: "abc" },
  versions: { ws: "8.0.0", hawser: "0.1.0" },
  seconds: 2,
  rounds: 9,
  notes: ["Pinned."],
};

const flat = (median: number) => ({ median, lower: median, upper: median, count: 9 });

function stored(id: string, figure: number, changes: Partial<StoredRow> = {}): StoredRow {
  const common = { values: [figure], value: flat(figure), circumstances: { generatorBusy: 0.5 } };
  const peers = [
    { ...common, peer: "ws", ratio: flat(1) },
    { ...common, peer: "hawser", ratio: flat(1.5) },
  ];
  const row = { id, workload: id, side: "server", title: id, unit: "messages/CPU-s", better: "more" } as const;
  return { ...row, peers, from: FROM, ...changes };
}

const figures = (store: { readonly rows: readonly StoredRow[] }) =>
  store.rows.map(({ id, peers }) => [id, peers[0]?.value?.median]);

describe("merging", () => {
  const order = ["a", "b", "c"];
  const store = mergeRows(EMPTY_STORE, [stored("c", 3), stored("a", 1)], order);

  test("puts rows in the catalogue's order", () => {
    expect(figures(store)).toEqual([
      ["a", 1],
      ["c", 3],
    ]);
  });

  test("replaces rows of the same id, with their origin, and leaves the others", () => {
    const later = { ...FROM, machine: { ...FROM.machine, commit: "def" } };
    const merged = mergeRows(store, [stored("c", 4, { from: later }), stored("b", 2)], order);
    expect(figures(merged)).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 4],
    ]);
    expect(merged.rows.map(({ from }) => from.machine.commit)).toEqual(["abc", "abc", "def"]);
  });

  test("drops rows that no workload fills any more", () => {
    expect(figures(mergeRows(store, [], ["a"]))).toEqual([["a", 1]]);
  });

  test("keeps five digits, and survives its file", () => {
    const merged = mergeRows(EMPTY_STORE, [stored("a", 123_456.789)], ["a"]);
    expect(merged.rows[0]?.peers[0]).toMatchObject({ values: [123_460], value: { median: 123_460 } });
    expect(mergeRows(JSON.parse(JSON.stringify(merged)), [], ["a"])).toEqual(merged);
  });
});

describe("the text", () => {
  const titles = new Map([
    ["ws", "ws"],
    ["hawser", "Hawser"],
    ["bun", "Bun"],
  ]);
  const memory = stored("idle", 5, {
    better: "less",
    unit: "KiB/connection",
    from: { ...FROM, startedAt: "2026-01-03T03:04:05Z", rounds: 3, connections: 10_000 },
  });
  const store = mergeRows(
    EMPTY_STORE,
    [stored("pp", 80_000), stored("cpp", 7, { side: "client" }), memory],
    ["pp", "cpp", "idle"],
  );

  test("has servers, clients and memory apart, with a column for each peer that is there", () => {
    const tables = resultSection(store, titles).split("\n\n");
    expect(tables.map((part) => part.split("\n")[0]?.replace(/ +/g, " "))).toEqual([
      "**Servers**",
      "| workload | ws, in a CPU second | ws | Hawser |",
      "**Clients**",
      "| workload | ws, in a CPU second | ws | Hawser |",
      "**Memory of an idle connection (KiB, less is better)**",
      "| workload | ws | Hawser |",
      expect.stringContaining("- Things done for each second of CPU time"),
    ]);
  });

  test("says when, where and how", () => {
    const section = resultSection(store, titles);
    expect(section).toContain("- Measured 2026-01-02; 2026-01-03, commit abc: ws 8.0.0, hawser 0.1.0, Node v20.1.0.");
    expect(section).toContain("- a CPU, 2 cores, 4 GiB, Linux 6, loopback.");
    expect(section).toContain("- Medians of 9 paired rounds of 2 s; 3 paired rounds of 10,000 connections.");
    expect(section.match(/Pinned/g)).toHaveLength(1);
  });

  test("the page has every row's origin", () => {
    expect(resultPage(store, titles)).toMatch(/\| idle +\| 2026-01-03 03:04 \| abc +\| v20.1.0 \| 3 paired rounds/);
  });
});
