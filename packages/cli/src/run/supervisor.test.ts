import { describe, expect, test } from "vitest";
import { fakeRun, readyRun } from "../../test/support/fake-workers.ts";
import type { SupervisorState } from "./supervision.ts";

describe("starting", () => {
  test("as many as asked, ready one by one", () => {
    const { supervisor, launched, states } = fakeRun({ workers: "3" });
    expect(states()).toEqual(["1.1 starting", "2.1 starting", "3.1 starting"]);
    launched[1]!.ready();
    expect(launched[1]!.told).toEqual(["admit"]);
    expect(supervisor.status()).toMatchObject({ state: "starting", target: 3, version: "1.2.3", entry: "/app.js" });
    launched[0]!.ready();
    launched[2]!.ready();
    expect(supervisor.status()).toMatchObject({ state: "running", lastExits: [], drain: undefined });
  });

  test("one that never calls serve() is killed, and another is tried", async () => {
    const { clock, launched, lines, states } = fakeRun({ workers: "1", "ready-timeout": "3000" });
    await clock.advance(2_999);
    expect(launched[0]!.told).toEqual([]);
    await clock.advance(1);
    expect(launched[0]!.told).toEqual(["kill"]);
    expect(lines.at(-1)).toBe("worker 1 has ended: it has not called serve() within --ready-timeout, 3000 ms");
    await clock.advance(500);
    expect(states()).toEqual(["1.1 starting"]);
  });

  test("changes are told", () => {
    const { supervisor, launched } = fakeRun();
    const seen: SupervisorState[] = [];
    const stop = supervisor.onChange(({ state }) => seen.push(state));
    for (const worker of launched) worker.ready();
    stop();
    void supervisor.stop();
    expect(seen).toEqual(["starting", "running"]);
  });
});

describe("a worker that ends by itself", () => {
  test("is replaced at once if it has lived, whatever its exit code", async () => {
    const { supervisor, clock, launched, states } = readyRun({ stall: "0" });
    await clock.advance(10_000);
    launched[0]!.crash(0);
    expect(states()).toEqual(["1.1 starting", "2.1 ready"]);
    expect(supervisor.status().lastExits).toEqual([
      { id: 1, pid: 100, at: 1_010_000, code: 0, signal: null, reason: "exit code 0" },
    ]);
    expect(supervisor.status().workers.map(({ id, restarts }) => [id, restarts])).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });

  test("after a delay that doubles, if it ends early; others go on, so nobody gives up", async () => {
    const { supervisor, clock, launched } = readyRun({ "crash-limit": "3", backoff: "500..1500" });
    for (const delay of [500, 1_000, 1_500, 1_500]) {
      launched.at(-1)!.crash();
      const { length } = launched;
      await clock.advance(delay - 1);
      expect(launched).toHaveLength(length);
      await clock.advance(1);
      expect(launched).toHaveLength(length + 1);
    }
    expect(supervisor.status().state).toBe("running");
  });

  test("again and again: 70", async () => {
    const { supervisor, clock, launched, lines } = fakeRun({ workers: "1", "crash-limit": "3" });
    for (let count = 0; count < 3; count++) {
      launched.at(-1)!.crash();
      await clock.advance(10_000);
    }
    expect(launched).toHaveLength(3);
    expect(lines.at(-1)).toBe("3 workers in a row ended early (--crash-limit 3): giving up");
    expect(await supervisor.ended).toBe(70);
    expect(supervisor.status().state).toBe("failed");
  });

  test("giving up stops those that were started meanwhile", async () => {
    const { supervisor, launched, isAccepting } = fakeRun({ "crash-limit": "1" });
    launched[0]!.crash();
    expect(launched[1]!.told).toEqual(["stop 1001"]);
    expect(isAccepting()).toBe(false);
    launched[1]!.leave();
    expect(await supervisor.ended).toBe(70);
  });

  test("one that has lived ends the row", async () => {
    const { clock, launched, supervisor } = fakeRun({ workers: "1", "crash-limit": "2", stall: "0" });
    launched[0]!.crash();
    await clock.advance(500);
    launched[1]!.ready();
    await clock.advance(10_000);
    launched[1]!.crash();
    launched[2]!.crash();
    await clock.advance(500);
    expect(launched).toHaveLength(4);
    expect(supervisor.status().state).toBe("running");
  });
});

describe("watching", () => {
  test("one that is not heard is killed and replaced at once; one that is heard is not", async () => {
    const { clock, launched, lines } = readyRun({ stall: "1000", "min-uptime": "100" });
    for (let time = 0; time < 1_250; time += 250) {
      await clock.advance(250);
      launched[1]!.beat();
    }
    await clock.advance(1);
    expect(launched.map(({ told }) => told)).toEqual([["admit", "kill"], ["admit"], []]);
    expect(lines).toContain("worker 1 is killed: its event loop has stalled for more than --stall, 1000 ms");
  });

  test("0 watches nobody", async () => {
    const { clock, launched } = readyRun({ stall: "0" });
    await clock.advance(100_000);
    expect(launched).toHaveLength(2);
  });

  test("one that starts may take its time", async () => {
    const { clock, launched } = fakeRun({ stall: "1000" });
    await clock.advance(20_000);
    expect(launched[0]!.told).toEqual([]);
  });

  test("one that holds too much drains once another is ready", () => {
    const { launched, states } = readyRun({ "memory-limit": "64M", "drain-window": "4000", "min-uptime": "0" });
    const [first, second] = launched;
    first!.connections = 30;
    second!.connections = 10;
    first!.beat(67_108_864);
    expect(launched).toHaveLength(2);
    first!.beat(67_108_865);
    first!.beat(67_108_866);
    expect(first!.told).toEqual(["admit"]);
    launched[2]!.ready();
    expect(first!.told).toEqual(["admit", "drain 3000 1012"]);
    expect(states().sort()).toEqual(["1.1 draining", "1.1 ready", "2.1 ready"]);
    first!.leave();
    expect(states().sort()).toEqual(["1.1 ready", "2.1 ready"]);
  });
});

test("a limit that is too low for the program replaces each worker once in --min-uptime, not without end", async () => {
  const { clock, launched } = readyRun({ workers: "1", "memory-limit": "64M", "min-uptime": "5000", stall: "0" });
  launched[0]!.beat(100_000_000);
  expect(launched).toHaveLength(1);
  await clock.advance(5_000);
  launched[0]!.beat(100_000_000);
  launched[1]!.ready().beat(100_000_000);
  expect(launched).toHaveLength(2);
});

describe("a rolling restart", () => {
  test("one drains at a time, once another is ready, for its part of the window", async () => {
    const { supervisor, launched, states } = readyRun({ workers: "3", "drain-window": "10000" });
    [20, 50, 30].forEach((count, index) => {
      launched[index]!.connections = count;
    });
    const restarted = supervisor.restart();
    expect(supervisor.status()).toMatchObject({ state: "restarting", drain: { of: 100, left: 100, until: 1_010_000 } });
    expect(states().sort()).toEqual(["1.1 ready", "1.2 starting", "2.1 ready", "3.1 ready"]);
    launched[3]!.ready();
    expect(launched[0]!.told).toEqual(["admit", "drain 2000 1012"]);
    // The next is started meanwhile, and waits
    expect(states().sort()).toEqual(["1.1 draining", "1.2 ready", "2.1 ready", "2.2 starting", "3.1 ready"]);
    launched[4]!.ready();
    expect(launched[1]!.told).toEqual(["admit"]);
    expect(launched).toHaveLength(5);
    launched[0]!.connections = 5;
    expect(supervisor.status().drain).toMatchObject({ of: 100, left: 85 });
    launched[0]!.events.drained();
    expect(launched[1]!.told).toEqual(["admit", "drain 5000 1012"]);
    launched[0]!.leave();
    launched[1]!.leave();
    launched[5]!.ready();
    expect(launched[2]!.told).toEqual(["admit", "drain 3000 1012"]);
    expect(supervisor.status().state).toBe("restarting");
    launched[2]!.leave();
    await restarted;
    expect(supervisor.status()).toMatchObject({ state: "running", drain: undefined });
    expect(states()).toEqual(["1.2 ready", "2.2 ready", "3.2 ready"]);
  });

  test("asked for again while it goes on: the last code wins", async () => {
    const { supervisor, launched, states } = readyRun({ workers: "1" });
    const restarted = supervisor.restart();
    const again = supervisor.restart();
    launched[1]!.ready();
    expect(states().sort()).toEqual(["1.1 draining", "1.2 ready", "1.3 starting"]);
    launched[2]!.ready();
    launched[0]!.leave();
    launched[1]!.leave();
    await Promise.all([restarted, again]);
    expect(states()).toEqual(["1.3 ready"]);
  });

  test("while a place waits for its next worker is not done before that one is ready", async () => {
    const { supervisor, clock, launched } = fakeRun({ workers: "1", backoff: "500..500" });
    launched[0]!.crash();
    let isDone = false;
    const restarted = supervisor.restart().then(() => {
      isDone = true;
    });
    await clock.advance(500);
    expect(supervisor.status().state).toBe("restarting");
    expect(isDone).toBe(false);
    launched[1]!.ready();
    await restarted;
    expect(supervisor.status().state).toBe("running");
  });

  test("begins a new row of early ends: code that was mended has all its attempts", async () => {
    const { supervisor, clock, launched } = readyRun({ "crash-limit": "2", backoff: "100..100", stall: "0" });
    const broken = supervisor.restart();
    launched[2]!.crash();
    await clock.advance(100);
    launched[3]!.crash();
    await expect(broken).rejects.toThrow("2 workers in a row");
    await clock.advance(100);
    void supervisor.restart();
    launched.at(-1)!.crash();
    expect(supervisor.status().state).toBe("restarting");
  });

  test("to code that does not start is broken off, and the old workers go on", async () => {
    const { supervisor, clock, launched, lines, states } = readyRun({
      "crash-limit": "2",
      backoff: "100..100",
      stall: "0",
    });
    const restarted = supervisor.restart();
    launched[2]!.crash();
    await clock.advance(100);
    launched[3]!.crash();
    await expect(restarted).rejects.toThrow("The restart failed: 2 workers in a row ended early (--crash-limit 2)");
    expect(lines.at(-1)).toContain("the restart is broken off, the old workers go on");
    await clock.advance(10_000);
    expect(states()).toEqual(["1.1 ready", "2.1 ready"]);
    expect(supervisor.status().state).toBe("running");
  });

  test("an old worker that dies meanwhile is simply followed", () => {
    const { supervisor, launched, states } = readyRun({ workers: "1" });
    void supervisor.restart();
    launched[0]!.crash();
    expect(states()).toEqual(["1.2 starting"]);
    launched[1]!.ready();
    expect(supervisor.status().state).toBe("running");
  });

  test("one that does not end is killed after its part of the window and the grace", async () => {
    const { supervisor, clock, launched } = readyRun({ workers: "1", "drain-window": "4000" });
    launched[0]!.connections = 1;
    void supervisor.restart();
    launched[1]!.ready();
    await beatAll(clock, launched, 23_999);
    expect(launched[0]!.told).not.toContain("kill");
    await clock.advance(1);
    expect(launched[0]!.told).toContain("kill");
    expect(launched).toHaveLength(2);
  });
});

describe("more and fewer", () => {
  test("within the bounds; the last ones drain", () => {
    const { supervisor, launched, states } = readyRun({ workers: "2..4" });
    supervisor.setTarget(9);
    expect(supervisor.status().target).toBe(4);
    for (const worker of launched.slice(2)) worker.ready();
    launched[3]!.connections = 6;
    supervisor.setTarget(3);
    launched[3]!.connections = 2;
    expect(supervisor.status().drain).toEqual({ of: 6, left: 2, until: 1_030_000 });
    expect(states()).toEqual(["1.1 ready", "2.1 ready", "3.1 ready", "4.1 draining"]);
    launched[3]!.leave();
    supervisor.setTarget(1);
    expect(supervisor.status().target).toBe(2);
    expect(states()).toEqual(["1.1 ready", "2.1 ready", "3.1 draining"]);
  });

  test("one that has not started yet is stopped", () => {
    const { supervisor, launched } = fakeRun({ workers: "1..2" });
    supervisor.setTarget(2);
    supervisor.setTarget(1);
    expect(launched[1]!.told).toEqual(["stop 1001"]);
  });

  test("a mistyped number does not fill the machine", () => {
    const { supervisor, launched } = readyRun({ workers: "1" });
    supervisor.setTarget(1_000_000_000);
    expect([supervisor.status().target, launched.length]).toEqual([1_024, 1_024]);
  });

  test("by a signal, beyond a fixed number, but never none", () => {
    const { supervisor } = readyRun({ workers: "1" });
    supervisor.addToTarget(1);
    expect(supervisor.status().target).toBe(2);
    supervisor.addToTarget(-1);
    supervisor.addToTarget(-1);
    expect(supervisor.status().target).toBe(1);
  });
});

describe("stopping", () => {
  test("all at once, 0; nothing is started any more", async () => {
    const { supervisor, clock, launched, isAccepting } = readyRun();
    const stopped = supervisor.stop();
    expect(isAccepting()).toBe(false);
    expect(launched.map(({ told }) => told)).toEqual([
      ["admit", "stop 1001"],
      ["admit", "stop 1001"],
    ]);
    launched[0]!.crash(3);
    expect(supervisor.status().state).toBe("stopping");
    launched[1]!.leave();
    await stopped;
    expect(await supervisor.ended).toBe(0);
    await clock.advance(60_000);
    expect(launched).toHaveLength(2);
    expect(supervisor.status()).toMatchObject({ state: "stopped", workers: [] });
    await expect(supervisor.restart()).rejects.toThrow("Cannot restart: the supervisor is stopping");
  });

  test("what does not end is killed after the grace", async () => {
    const { supervisor, clock, launched } = readyRun({ grace: "7000", stall: "0" });
    void supervisor.stop();
    await clock.advance(6_999);
    expect(launched[0]!.told).not.toContain("kill");
    await clock.advance(1);
    expect(await supervisor.ended).toBe(0);
  });

  test("--not-ready: still accepting, for a while", async () => {
    const { supervisor, clock, launched, isAccepting } = readyRun({ "not-ready": "5000" });
    void supervisor.stop();
    expect([supervisor.status().state, isAccepting(), launched[0]!.told]).toEqual(["stopping", true, ["admit"]]);
    await clock.advance(5_000);
    expect([isAccepting(), launched[0]!.told.at(-1)]).toEqual([false, "stop 1001"]);
  });

  test("a restart is broken off, and what drained is closed", async () => {
    const { supervisor, launched } = readyRun({ workers: "1", "stop-code": "4000" });
    const restarted = supervisor.restart();
    launched[1]!.ready();
    void supervisor.stop();
    await expect(restarted).rejects.toThrow("the supervisor stops");
    expect(launched[0]!.told.at(-1)).toBe("stop 4000");
  });

  test("at once: everybody is killed", async () => {
    const { supervisor, launched } = readyRun();
    void supervisor.stop();
    supervisor.kill();
    expect(launched.map(({ told }) => told.at(-1))).toEqual(["kill", "kill"]);
    expect(await supervisor.ended).toBe(0);
  });
});

async function beatAll(
  clock: { advance(ms: number): Promise<void> },
  workers: readonly { beat(): void }[],
  time: number,
): Promise<void> {
  for (let passed = 0; passed < time; ) {
    const step = Math.min(1_000, time - passed);
    await clock.advance(step);
    passed += step;
    for (const worker of workers) worker.beat();
  }
}
