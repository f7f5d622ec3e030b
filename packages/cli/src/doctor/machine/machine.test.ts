import { describe, expect, test } from "vitest";
import { type MachineFacts, machineFacts } from "./facts.ts";
import { machineFindings } from "./judge.ts";

const FILES: Readonly<Record<string, string>> = {
  "/proc/self/limits": "Limit    Soft Limit  Hard Limit  Units\nMax open files    1024    unlimited    files\n",
  "/proc/sys/fs/file-max": "9223372\n",
  "/proc/sys/net/core/somaxconn": "128\n",
  "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
  "/proc/sys/net/ipv4/tcp_migrate_req": "0\n",
  "/proc/sys/net/netfilter/nf_conntrack_max": "65536\n",
  "/sys/fs/cgroup/memory.max": "1048576\n",
  "/sys/fs/cgroup/cpu.max": "50000 100000\n",
};

describe("facts", () => {
  test("as the files say", () => {
    expect(machineFacts((path) => FILES[path])).toEqual({
      nodeVersion: process.versions.node,
      platform: process.platform,
      openFiles: { soft: 1_024, hard: Number.POSITIVE_INFINITY },
      fileMax: 9_223_372,
      somaxconn: 128,
      portRange: [32_768, 60_999],
      migratesRequests: false,
      conntrackMax: 65_536,
      memory: 1_048_576,
      isMemoryLimited: true,
      processors: 0.5,
      hasSimd: true,
    });
  });

  test("of a system that has none of them", () => {
    const facts = machineFacts(() => undefined);
    expect(facts).toMatchObject({ openFiles: undefined, somaxconn: undefined, isMemoryLimited: false });
    expect(facts.memory).toBeGreaterThan(2 ** 20);
    expect(machineFindings(facts, PLAN).map(({ topic }) => topic)).toEqual(["Node", "memory", "processors"]);
  });

  test("of this machine", () => {
    expect(machineFacts().processors).toBeGreaterThan(0);
  });
});

const GOOD: MachineFacts = {
  nodeVersion: "24.11.0",
  platform: "linux",
  openFiles: { soft: 1_048_576, hard: 1_048_576 },
  fileMax: 10_000_000,
  somaxconn: 4_096,
  portRange: [1_024, 65_535],
  migratesRequests: true,
  conntrackMax: 1_000_000,
  memory: 16 * 2 ** 30,
  isMemoryLimited: false,
  processors: 4,
  hasSimd: true,
};

const PLAN = { connections: 10_000, workers: 2, reusesPort: false };

describe("findings", () => {
  test("a good machine has nothing to mend", () => {
    expect(machineFindings(GOOD, PLAN).filter(({ level }) => level !== "ok")).toEqual([]);
  });

  test.each<[name: string, facts: Partial<MachineFacts>, plan: Partial<typeof PLAN>, level: string, text: RegExp]>([
    ["Node 18", { nodeVersion: "18.20.1" }, {}, "problem", /needed is 20\.19/],
    ["Node 20", { nodeVersion: "20.20.2" }, {}, "warning", /no security fixes/],
    ["Node 23", { nodeVersion: "23.1.0" }, {}, "warning", /no security fixes/],
    ["few descriptors", { openFiles: { soft: 1_024, hard: 4_096 } }, {}, "problem", /LimitNOFILE.*more workers/],
    ["few of the system's", { fileMax: 15_000 }, {}, "problem", /fs\.file-max=20000/],
    ["a short queue", { somaxconn: 128 }, {}, "warning", /somaxconn is 128.*backlog \(511\)/s],
    ["few ports", { portRange: [32_768, 60_999] }, { connections: 80_000 }, "warning", /ip_local_port_range/],
    ["just enough ports", { portRange: [1_000, 5_999] }, {}, "note", /ip_local_port_range/],
    ["no migration", { migratesRequests: false }, {}, "note", /Without reusePort that does not matter/],
    ["no migration, shared", { migratesRequests: false }, { reusesPort: true }, "warning", /tcp_migrate_req=1/],
    ["a small firewall", { conntrackMax: 1_000 }, {}, "warning", /nf_conntrack_max=20000/],
    ["too little memory", { memory: 2 ** 28 }, {}, "problem", /hawser plan/],
    ["little memory", { memory: 2 ** 28 * 1.5, isMemoryLimited: true }, {}, "warning", /the container's limit/],
    ["more workers than processors", { processors: 1.5 }, { workers: 4 }, "warning", /Run 1:/],
    ["no vectors", { hasSimd: false }, {}, "warning", /compression: false/],
  ])("%s", (_name, facts, plan, level, text) => {
    const findings = machineFindings({ ...GOOD, ...facts }, { ...PLAN, ...plan });
    const [finding, ...others] = findings.filter((one) => one.level !== "ok");
    expect(others).toEqual([]);
    expect(finding?.level).toBe(level);
    expect(`${finding?.found}\n${finding?.advice}`).toMatch(text);
  });
});
