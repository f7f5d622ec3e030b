/** The parts of `hawser run` that are tables and small rules. */

import { describe, expect, test } from "vitest";
import { restartDelay } from "./backoff.ts";
import { choose } from "./balance.ts";
import { jsonFormat, textFormat } from "./journal.ts";
import { Lines } from "./lines.ts";
import { notifyOf, takeNotifyEnvironment } from "./notify.ts";
import { handleSignals } from "./signals.ts";
import type { SupervisorStatus } from "./supervision.ts";
import { Watchdog } from "./watchdog.ts";
import { next, type WorkerState, type WorkerTrigger } from "./worker-states.ts";

test.each<[WorkerState, WorkerTrigger, WorkerState | undefined]>([
  ["starting", "ready", "ready"],
  ["starting", "drain", "stopping"],
  ["ready", "ready", undefined],
  ["ready", "drain", "draining"],
  ["draining", "drain", undefined],
  ["draining", "ready", undefined],
  ["draining", "stop", "stopping"],
  ["stopping", "drain", undefined],
  ["stopping", "exit", "dead"],
  ["dead", "exit", undefined],
  ["dead", "ready", undefined],
])("a worker that is %s: %s", (state, trigger, after) => {
  expect(next(state, trigger)).toBe(after);
});

test("delays: none after a life, a random part of a doubling limit after early ends", () => {
  const settings = { least: 500, most: 3_000 };
  expect([0, 1, 2, 3, 4, 99].map((exits) => restartDelay(exits, settings, () => 1))).toEqual([
    0, 500, 1_000, 2_000, 3_000, 3_000,
  ]);
  expect(restartDelay(3, settings, () => 0.25)).toBe(500);
});

describe("the watchdog", () => {
  test("tells who is silent for longer than the limit", () => {
    const watchdog = new Watchdog(1_000, 250);
    const [quiet, loud] = [{ heardAt: 0 }, { heardAt: 0 }];
    for (let now = 0; now <= 1_000; now += 250) {
      loud.heardAt = now;
      expect(watchdog.look([quiet, loud], now)).toEqual([]);
    }
    expect(watchdog.look([quiet, loud], 1_250)).toEqual([quiet]);
  });

  test("a pause of our own counts against nobody", () => {
    const watchdog = new Watchdog(1_000, 250);
    const one = { heardAt: 0 };
    watchdog.look([one], 0);
    watchdog.look([one], 250);
    expect(watchdog.look([one], 60_000)).toEqual([]);
    expect(watchdog.look([one], 60_250)).toEqual([]);
    expect(watchdog.look([one], 60_500)).toEqual([]);
    expect(watchdog.look([one], 60_750)).toEqual([one]);
  });
});

describe("who gets a connection", () => {
  const workers = (...loads: readonly number[]) => loads.map((load, index) => ({ id: index + 1, generation: 1, load }));

  test.each([
    [0, 1],
    [1, 2],
    [3, 1],
    [7, 1],
  ])("in turn, after %d comes %d", (last, id) => {
    expect(choose(workers(9, 5, 7), "in-turn", last, 1)?.id).toBe(id);
  });

  test("the one with the fewest; equals in turn", () => {
    expect(choose(workers(9, 5, 7), "fewest", 2, 1)?.id).toBe(2);
    expect(choose(workers(5, 9, 5), "fewest", 1, 1)?.id).toBe(3);
  });

  test("while a restart goes on, the one with the fewest of the new ones", () => {
    const [first, second, third] = workers(1, 9, 5);
    const mixed = [first!, { ...second!, generation: 2 }, { ...third!, generation: 2 }];
    expect(choose(mixed, "in-turn", 3, 2)?.id).toBe(3);
    expect(choose(mixed, "in-turn", 3, 1)?.id).toBe(1);
    expect(choose(mixed, "in-turn", 3, 3)?.id).toBe(1);
  });

  test("nobody", () => {
    expect(choose([], "in-turn", 0, 1)).toBeUndefined();
  });
});

describe("lines", () => {
  test("are whole, however they come", () => {
    const lines: string[] = [];
    const reader = new Lines((line) => lines.push(line));
    for (const piece of ["a", "b\nc\r\n", "\n", "d"]) reader.add(piece);
    expect(lines).toEqual(["ab", "c", ""]);
    reader.end();
    reader.end();
    expect(lines).toEqual(["ab", "c", "", "d"]);
  });

  test("without end are cut", () => {
    const lengths: number[] = [];
    const reader = new Lines((line) => lengths.push(line.length));
    reader.add("x".repeat(70_000));
    reader.end();
    expect(lengths).toEqual([65_536, 4_464]);
  });

  const author = { id: 2, pid: 123 };

  test("are marked as text, but for JSON", () => {
    const format = textFormat(7);
    expect(format.line(author, "hello")).toBe("[hawser/2 pid=123] hello");
    expect(format.line(author, '{"msg":"hello"}')).toBe('{"msg":"hello"}');
    expect(format.line(author, "{not json}")).toBe("[hawser/2 pid=123] {not json}");
    expect(format.own("info", "running", {})).toBe("[hawser pid=7] running");
    expect(format.own("error", "ended", { pid: 123 })).toBe("[hawser pid=7] error: ended (pid=123)");
  });

  test("are all JSON if asked", () => {
    const format = jsonFormat(7, () => 0);
    const time = "1970-01-01T00:00:00.000Z";
    expect(JSON.parse(format.line(author, "hello"))).toEqual({
      time,
      level: "info",
      pid: 123,
      name: "hawser/2",
      msg: "hello",
    });
    expect(format.line(author, '{"msg":"hello"}')).toBe('{"msg":"hello"}');
    expect(JSON.parse(format.own("warn", "big", { pid: 123 }))).toEqual({
      time,
      level: "warn",
      pid: 7,
      name: "hawser",
      msg: "big",
      workerPid: 123,
    });
  });
});

describe("signals", () => {
  function signalled() {
    const done: string[] = [];
    const listeners = new Map<string, () => void>();
    let now = 0;
    const supervisor = {
      stop: async () => void done.push("stop"),
      restart: async () => {
        done.push("restart");
        throw new Error("the journal has it");
      },
      addToTarget: (change: number) => void done.push(`${change}`),
    };
    let isTerminalGone = false;
    handleSignals({ on: (signal, listener) => listeners.set(signal, listener) }, supervisor, {
      clock: { now: () => now },
      abort: (code) => done.push(`abort ${code}`),
      isTerminalGone: () => isTerminalGone,
    });
    return {
      done,
      send: (signal: string, at: number) => {
        now = at;
        listeners.get(signal)!();
      },
      loseTerminal: () => {
        isTerminalGone = true;
      },
      names: () => [...listeners.keys()],
    };
  }

  test.each([
    [[["SIGTERM", 0]], ["stop"]],
    [
      [
        ["SIGINT", 0],
        ["SIGINT", 50],
      ],
      ["stop"],
    ],
    [
      [
        ["SIGINT", 0],
        ["SIGINT", 51],
      ],
      ["stop", "abort 130"],
    ],
    [
      [
        ["SIGINT", 0],
        ["SIGTERM", 1],
      ],
      ["stop", "abort 143"],
    ],
    [
      [
        ["SIGHUP", 0],
        ["SIGUSR2", 0],
        ["SIGTTIN", 0],
        ["SIGTTOU", 0],
      ],
      ["restart", "restart", "1", "-1"],
    ],
  ] as const)("%j: %j", (signals, expected) => {
    const { done, send } = signalled();
    for (const [signal, at] of signals) send(signal, at);
    expect(done).toEqual(expected);
  });

  test("a hangup of our own terminal is a stop, and SIGUSR1 is Node's", () => {
    const { done, send, loseTerminal, names } = signalled();
    loseTerminal();
    send("SIGHUP", 0);
    expect(done).toEqual(["stop"]);
    expect(names()).not.toContain("SIGUSR1");
  });
});

describe("the service manager", () => {
  const STATUS = { target: 1, workers: [{ state: "ready" }] } as unknown as SupervisorStatus;

  test("is told what changes", () => {
    const told: string[][] = [];
    let change: (status: SupervisorStatus) => void = () => {};
    const onChange = (listener: typeof change) => {
      change = listener;
      return () => {};
    };
    const clock = { now: () => 12, date: () => 0, schedule: () => 0, cancel() {}, afterInput() {} };
    const begin = process.hrtime.bigint();
    notifyOf({ onChange }, { socket: "/s", watchdog: undefined }, (words) => told.push([...words]), clock);
    for (const state of ["starting", "running", "running", "restarting", "running", "stopping"] as const) {
      change({ ...STATUS, state });
    }
    expect(told).toEqual([
      ["STATUS=starting: 1 of 1 workers are ready"],
      ["READY=1", "STATUS=running: 1 of 1 workers are ready"],
      ["RELOADING=1", expect.stringMatching(/^MONOTONIC_USEC=\d+$/), "STATUS=restarting: 1 of 1 workers are ready"],
      ["READY=1", "STATUS=running: 1 of 1 workers are ready"],
      ["STOPPING=1", "STATUS=stopping: 1 of 1 workers are ready"],
    ]);
    const microseconds = BigInt(told[2]![1]!.replace(/\D/g, ""));
    expect(microseconds).toBeGreaterThanOrEqual(begin / 1_000n);
    expect(microseconds).toBeLessThanOrEqual(process.hrtime.bigint() / 1_000n);
  });

  test.each([
    [{}, undefined],
    [{ NOTIFY_SOCKET: "/s" }, { socket: "/s", watchdog: undefined }],
    [
      { NOTIFY_SOCKET: "/s", WATCHDOG_USEC: "2000000" },
      { socket: "/s", watchdog: 1_000 },
    ],
    [
      { NOTIFY_SOCKET: "/s", WATCHDOG_USEC: "0" },
      { socket: "/s", watchdog: undefined },
    ],
    [
      { NOTIFY_SOCKET: "/s", WATCHDOG_USEC: "soon" },
      { socket: "/s", watchdog: undefined },
    ],
    [
      { NOTIFY_SOCKET: "/s", WATCHDOG_USEC: "2000000", WATCHDOG_PID: "7" },
      { socket: "/s", watchdog: 1_000 },
    ],
    [
      { NOTIFY_SOCKET: "/s", WATCHDOG_USEC: "2000000", WATCHDOG_PID: "8" },
      { socket: "/s", watchdog: undefined },
    ],
  ])("%j: %j", (variables, expected) => {
    const env = { ...variables, PATH: "/bin" };
    expect(takeNotifyEnvironment(env, 7)).toEqual(expected);
    expect(env).toEqual({ PATH: "/bin" });
  });
});
