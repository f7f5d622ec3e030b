import { describe, expect, test } from "vitest";
import { handleSignals, type ShutdownOptions, type SignalHost, shutdownOn } from "./shutdown.ts";

interface StopOptions {
  readonly code: number;
}

/** A server that records its calls and closes when told. */
function stoppable() {
  const calls: [name: string, options: unknown][] = [];
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const closed = new Promise<void>((onClosed, onFailed) => {
    resolve = onClosed;
    reject = onFailed;
  });
  closed.catch(() => {});
  return {
    calls,
    finish: () => resolve(),
    fail: (error: unknown) => reject(error),
    close(options?: StopOptions): Promise<void> {
      calls.push(["close", options]);
      return closed;
    },
    drain(options?: StopOptions): Promise<void> {
      calls.push(["drain", options]);
      return closed;
    },
    waitClosed: () => closed,
  };
}

/** A process that records what is done to it. */
function processLike(platform = "linux") {
  const listeners = new Map<string, Set<(signal: NodeJS.Signals) => void>>();
  const listenersOf = (signal: string) => listeners.get(signal) ?? new Set();
  const host = {
    platform,
    exitCode: undefined as number | undefined,
    exits: [] as number[],
    warnings: [] as Error[],
    on: (signal: string, listener: (signal: NodeJS.Signals) => void) =>
      listeners.set(signal, listenersOf(signal).add(listener)),
    off: (signal: string, listener: (signal: NodeJS.Signals) => void) => listenersOf(signal).delete(listener),
    exit: (code: number) => void host.exits.push(code),
    emitWarning: (warning: Error) => void host.warnings.push(warning),
    signal(signal: NodeJS.Signals): void {
      for (const listener of listenersOf(signal)) listener(signal);
    },
    get handled(): string[] {
      return [...listeners].filter(([, set]) => set.size > 0).map(([signal]) => signal);
    },
  };
  return host;
}

function setUp(options: ShutdownOptions<StopOptions, StopOptions> = {}, platform?: string) {
  const server = stoppable();
  const host = processLike(platform);
  const clock = { time: 0, now: () => clock.time };
  const remove = handleSignals(server, options, host as SignalHost, clock);
  return { server, host, clock, remove };
}

/** Lets promises that have settled be noticed. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await undefined;
}

describe("signals", () => {
  test.each([
    ["linux", undefined, ["SIGTERM", "SIGINT"]],
    ["darwin", undefined, ["SIGTERM", "SIGINT"]],
    ["win32", undefined, ["SIGINT", "SIGBREAK"]],
    ["linux", ["SIGHUP", "SIGBREAK"], ["SIGHUP", "SIGBREAK"]],
    ["linux", [], []],
  ] as const)("on %s with the option %j: %j", (platform, signals, expected) => {
    const { host } = setUp(signals === undefined ? {} : { signals }, platform);
    expect(host.handled).toEqual(expected);
  });

  test("one that is named twice is handled once", () => {
    const { host } = setUp({ signals: ["SIGTERM", "SIGTERM"] });
    host.signal("SIGTERM");
    expect(host.exits).toEqual([]);
  });
});

describe("the first signal", () => {
  test.each([
    ["closes", {}, ["close", undefined]],
    ["closes with options", { close: { code: 1012 } }, ["close", { code: 1012 }]],
    ["closes where drain is false", { drain: false, close: { code: 1012 } }, ["close", { code: 1012 }]],
    ["drains", { drain: true }, ["drain", undefined]],
    ["drains with options", { drain: { code: 1001 } }, ["drain", { code: 1001 }]],
  ] as const)("%s", (_name, options, call) => {
    const { server, host } = setUp(options);
    host.signal("SIGTERM");
    expect(server.calls).toEqual([call]);
    expect(host.exits).toEqual([]);
  });

  test("leaves the end of the process to the process", async () => {
    const { server, host } = setUp();
    host.signal("SIGTERM");
    server.finish();
    await settled();
    expect([host.exits, host.exitCode, host.handled]).toEqual([[], undefined, []]);
  });
});

describe("the second signal", () => {
  test.each([
    ["SIGTERM", "SIGTERM", 51, 143],
    ["SIGINT", "SIGTERM", 0, 143],
    ["SIGTERM", "SIGINT", 0, 130],
    ["SIGINT", "SIGINT", 51, 130],
  ] as const)("after %s, %s ends the process after %i ms", (first, second, elapsed, code) => {
    const { server, host, clock } = setUp();
    host.signal(first);
    clock.time = elapsed;
    host.signal(second);
    expect(host.exits).toEqual([code]);
    expect(server.calls).toHaveLength(1);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("is not the first %s, passed on by npm", (signal) => {
    const { host, clock } = setUp();
    host.signal(signal);
    clock.time = 50;
    host.signal(signal);
    expect(host.exits).toEqual([]);
    clock.time = 51;
    host.signal(signal);
    expect(host.exits).toHaveLength(1);
  });

  test("of a number that this system does not know ends the process, too", () => {
    const { host, clock } = setUp({ signals: ["SIGBREAK"] });
    host.signal("SIGBREAK");
    clock.time = 51;
    host.signal("SIGBREAK");
    expect(host.exits).toHaveLength(1);
    expect(host.exits[0]).toBeGreaterThanOrEqual(128);
  });
});

describe("the handlers go", () => {
  test("when the server has closed by another way", async () => {
    const { server, host } = setUp();
    server.finish();
    await settled();
    expect(host.handled).toEqual([]);
    expect(server.calls).toEqual([]);
  });

  test("when the server has failed", async () => {
    const { server, host } = setUp();
    server.fail(new Error("x"));
    await settled();
    expect(host.handled).toEqual([]);
  });

  test("when they are removed, as often as one likes", () => {
    const { host, remove } = setUp();
    remove();
    remove();
    expect(host.handled).toEqual([]);
  });

  test("and leave others'", () => {
    const { host, remove } = setUp();
    host.on("SIGTERM", () => {});
    remove();
    expect(host.handled).toEqual(["SIGTERM"]);
  });
});

describe("an error", () => {
  const failure = new Error("stuck");

  test("is a warning and exit code 1", async () => {
    const { server, host } = setUp();
    host.signal("SIGTERM");
    server.fail(failure);
    await settled();
    expect(host.exitCode).toBe(1);
    expect(host.warnings.map((warning) => [warning.message, warning.cause])).toEqual([
      ["The server could not be shut down", failure],
    ]);
  });

  test("goes to onError alone", async () => {
    const errors: unknown[] = [];
    const { server, host } = setUp({ onError: (error) => errors.push(error) });
    host.signal("SIGTERM");
    server.fail(failure);
    await settled();
    expect([errors, host.warnings, host.exitCode]).toEqual([[failure], [], undefined]);
  });

  test("of onError is a warning", async () => {
    const { server, host } = setUp({
      onError() {
        throw failure;
      },
    });
    host.signal("SIGTERM");
    server.fail(new Error("first"));
    await settled();
    expect(host.warnings.map((warning) => warning.cause)).toEqual([failure]);
  });

  test("thrown at once is treated alike", async () => {
    const server = stoppable();
    server.close = () => {
      throw failure;
    };
    const host = processLike();
    handleSignals(server, {}, host as SignalHost, { now: () => 0 });
    host.signal("SIGTERM");
    await settled();
    expect(host.warnings.map((warning) => warning.cause)).toEqual([failure]);
  });
});

describe("options", () => {
  test.each([
    [{ signal: "SIGTERM" }, 'Cannot shut down: there is no option "signal", did you mean "signals"?'],
    [{ signals: ["SIGTREM"] }, 'Cannot shut down: there is no signal "SIGTREM", did you mean "SIGTERM"?'],
    [{ signals: ["SIGKILL"] }, "Cannot shut down: no process is told of SIGKILL"],
    [{ signals: ["SIGSTOP"] }, "Cannot shut down: no process is told of SIGSTOP"],
    [{ drain: 5 }, "Cannot shut down: drain must be a boolean or options, got 5"],
    [{ drain: null }, "Cannot shut down: drain must be a boolean or options, got null"],
    [{ drain: true, close: {} }, "Cannot shut down: close and drain exclude each other, got both"],
    [{ onError: true }, "Cannot shut down: onError must be a function, got true"],
  ])("%j are refused", (options, message) => {
    const host = processLike();
    expect(() => handleSignals(stoppable(), options as never, host as SignalHost, { now: () => 0 })).toThrow(
      new TypeError(message),
    );
    expect(host.handled).toEqual([]);
  });
});

test("shutdownOn handles the signals of this process", () => {
  const before = process.listenerCount("SIGHUP");
  const remove = shutdownOn(stoppable(), { signals: ["SIGHUP"], close: { code: 1001 } });
  expect(process.listenerCount("SIGHUP")).toBe(before + 1);
  remove();
  expect(process.listenerCount("SIGHUP")).toBe(before);
});
