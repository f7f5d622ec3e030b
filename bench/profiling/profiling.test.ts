import { describe, expect, test } from "vitest";
import { type CpuProfile, readCpuProfile } from "./cpu-profile.ts";
import { addUp, type HotSpot, sharesOf } from "./hot-spots.ts";
import { readPerfScript } from "./perf-script.ts";
import { type PeerProfile, profilePage, shareTable } from "./profile-page.ts";

describe("a line of perf script", () => {
  test.each([
    [" ffffffff816b8359 vfs_read ([kernel.kallsyms])", "kernel", "vfs_read"],
    [" ffffffffc0a tcp_bbr_main ([tcp_bbr])", "kernel", "tcp_bbr_main"],
    ["     7f89ac2969d7 malloc (/usr/lib/x86_64-linux-gnu/libc.so.6)", "libc", "malloc"],
    ["     7ffe clock_gettime ([vdso])", "libc", "clock_gettime"],
    ["     7f89a3f632f9 Builtins_LoadIC (/usr/bin/node)", "V8 builtins", "Builtins_LoadIC"],
    ["     bbac01 node::StreamBase::Writev (/usr/bin/node)", "runtime, C++", "node::StreamBase::Writev"],
    ["  10 v8::internal::Scavenger::Process (/opt/bin/node)", "garbage collector", "v8::internal::Scavenger::Process"],
    ["     2 uws::send (/a/uws_linux_x64_115.node)", "native add-ons", "uws::send"],
    ["     3 [unknown] (/opt/bin/bun)", "runtime, C++", "unknown, in bun"],
    ["     4 [unknown] ([unknown])", "other", "unknown, in [unknown]"],
    [
      "  7f JS:*#startFrame file:///a/b/dist/protocol/frame-parser.js:130:16 (/tmp/perf-16443.map)",
      "JavaScript, compiled",
      "#startFrame protocol/frame-parser.js:130",
    ],
    [
      "  7f JS:^ node:internal/streams/writable:548:23 (/tmp/perf-1.map)",
      "JavaScript, compiled",
      "(anonymous) node:internal/streams/writable:548",
    ],
  ] as const)("%s", (line, origin, name) => {
    expect(readPerfScript(line)).toEqual([{ origin, name, samples: 1 }]);
  });

  test("that is none is skipped", () => {
    expect(readPerfScript("\n# a comment\n")).toEqual([]);
  });

  test("with an endless symbol is cut", () => {
    const [spot] = readPerfScript(` 1 std::map<${"v8::Value, ".repeat(20)}> (/usr/bin/node)`);
    expect(spot?.name).toHaveLength(81);
  });
});

test("V8's profile: what is idle is left out, what is native cannot be told apart", () => {
  const node = (functionName: string, url: string, hitCount: number): CpuProfile["nodes"][number] => ({
    callFrame: { functionName, url, lineNumber: 9 },
    hitCount,
  });
  const nodes = [
    node("(root)", "", 1),
    node("(idle)", "", 50),
    node("(program)", "", 30),
    node("(garbage collector)", "", 5),
    node("writeBuffer", "", 4),
    node("send", "file:///a/b/lib/sender.js", 3),
    node("", "node:net", 2),
    node("never", "node:net", 0),
  ];
  expect(readCpuProfile({ nodes })).toEqual([
    { origin: "native code and kernel", name: "(program)", samples: 30 },
    { origin: "garbage collector", name: "(garbage collector)", samples: 5 },
    { origin: "native code and kernel", name: "writeBuffer", samples: 4 },
    { origin: "JavaScript, compiled", name: "send lib/sender.js:10", samples: 3 },
    { origin: "JavaScript, compiled", name: "(anonymous) node:net:10", samples: 2 },
  ]);
});

const SPOTS: readonly HotSpot[] = [
  { origin: "libc", name: "malloc", samples: 1 },
  { origin: "kernel", name: "tcp_ack", samples: 2 },
  { origin: "libc", name: "malloc", samples: 1 },
];

test("samples of a function are added up, the hottest first", () => {
  expect(addUp([...SPOTS, { origin: "libc", name: "malloc", samples: 7 }])).toEqual([
    { origin: "libc", name: "malloc", samples: 9 },
    { origin: "kernel", name: "tcp_ack", samples: 2 },
  ]);
});

test("shares are of all samples, in a fixed order", () => {
  expect([...sharesOf(SPOTS)]).toEqual([
    ["kernel", 0.5],
    ["libc", 0.5],
  ]);
});

describe("the page", () => {
  const peer = (label: string, spots: readonly HotSpot[]): PeerProfile => ({ label, version: "1", spots, costEach: 8 });
  const machine = { cpu: "a CPU", cores: 2, memoryGiB: 1, system: "Linux 6", node: "v20", commit: "abc" };

  test("sets the peers' shares side by side, with what they are for a message", () => {
    const lines = shareTable([peer("a", SPOTS), peer("b", SPOTS.slice(0, 1))]).split("\n");
    expect(lines.map((line) => line.replace(/ +/g, " "))).toEqual([
      "| where | a | a, µs each | b | b, µs each |",
      "| ------ | ------: | ---------: | ------: | ---------: |",
      "| kernel | 50.0 % | 4.00 | 0.0 % | 0.00 |",
      "| libc | 50.0 % | 4.00 | 100.0 % | 8.00 |",
      "| all | 100.0 % | 8.00 | 100.0 % | 8.00 |",
    ]);
  });

  test("shows functions outside the kernel first, and says how samples were taken", () => {
    const document = { title: "echo", startedAt: "2026-01-02T03:04:05Z", machine, notes: ["by hand"] };
    const page = profilePage({ ...document, peers: [peer("a", SPOTS)] });
    expect(page).toContain("# Profile: echo\n");
    expect(page).toContain("- 2026-01-02, commit abc: a 1, Node v20.\n");
    expect(page).toContain("- by hand\n\n## a: 4 samples\n");
    expect(page.indexOf("malloc")).toBeLessThan(page.indexOf("tcp_ack"));
  });
});
