import { describe, expect, test } from "vitest";
import { CONNECTION_OPTIONS, type ConnectionOptions, resolveConnectionOptions } from "./connection-options.ts";

const resolve = (options: ConnectionOptions) => resolveConnectionOptions("serve", "server", undefined, options);

test("the defaults", () => {
  const { text: _text, keepBytes: _keepBytes, logger: _logger, ...settings } = resolve({});
  expect(settings).toEqual({
    role: "server",
    maskingKeys: undefined,
    pingInterval: 20_000,
    pingTimeout: 20_000,
    closeTimeout: 10_000,
    maxSize: 1_048_576,
    maxFragmentSize: 1_048_576,
    maxFragments: 131_072,
    maxQueue: { high: 16, low: 4 },
    readLimit: 65_536,
    writeLimit: 32_768,
    slowConsumer: { maxBuffered: 1_048_576, stall: 30_000, policy: "close" },
  });
});

test("undefined stands for the default", () => {
  const options = Object.fromEntries(CONNECTION_OPTIONS.map((name) => [name, undefined]));
  expect(resolve(options as ConnectionOptions)).toEqual(resolve({}));
});

describe("values", () => {
  test.each<[ConnectionOptions, object]>([
    [{ pingInterval: null }, { pingInterval: Number.POSITIVE_INFINITY }],
    [{ pingTimeout: null }, { pingTimeout: Number.POSITIVE_INFINITY }],
    [{ maxSize: 100 }, { maxSize: 100, maxFragmentSize: 100 }],
    [{ maxSize: Number.POSITIVE_INFINITY }, { maxFragmentSize: Number.POSITIVE_INFINITY }],
    [
      { maxSize: 100, maxFragmentSize: 10 },
      { maxSize: 100, maxFragmentSize: 10 },
    ],
    [{ maxQueue: 1 }, { maxQueue: { high: 1, low: 0 } }],
    [{ maxQueue: { high: 10, low: 9 } }, { maxQueue: { high: 10, low: 9 } }],
    [{ slowConsumer: { policy: "skip" } }, { slowConsumer: { maxBuffered: 1_048_576, stall: 30_000, policy: "skip" } }],
  ])("%j", (options, settings) => {
    expect(resolve(options)).toMatchObject(settings);
  });

  test.each<[object, string]>([
    [{ pingInterval: 0 }, "pingInterval must be a positive number of milliseconds or null, got 0"],
    [{ pingTimeout: -1 }, "pingTimeout must be"],
    [{ closeTimeout: null }, "closeTimeout must be a positive number of milliseconds, got null"],
    [{ maxSize: "1" }, 'maxSize must be an integer of at least 1, or Infinity, got "1"'],
    [{ maxFragmentSize: 0 }, "maxFragmentSize must be"],
    [{ maxFragments: 1.5 }, "maxFragments must be"],
    [{ readLimit: 0 }, "readLimit must be"],
    [{ writeLimit: Number.NaN }, "writeLimit must be"],
    [{ readLimit: null }, "readLimit must be an integer of at least 1, or Infinity, got null"],
    [{ maxQueue: null }, "maxQueue must be"],
    [{ maxQueue: 0 }, "maxQueue must be"],
    [{ maxQueue: { high: 0, low: 0 } }, "maxQueue.high must be"],
    [{ maxQueue: { high: 4, low: -1 } }, "maxQueue.low must be"],
    [{ maxQueue: { high: 4, low: 4 } }, "maxQueue.low must be less than maxQueue.high, got 4 and 4"],
    [{ slowConsumer: { maxBuffered: 0 } }, "slowConsumer.maxBuffered must be"],
    [{ slowConsumer: { stall: 0 } }, "slowConsumer.stall must be"],
    [{ slowConsumer: { policy: "kill" } }, 'slowConsumer.policy must be "close" or "skip", got "kill"'],
    [{ logger: {} }, "logger must have the methods"],
  ])("%j is refused", (options, message) => {
    expect(() => resolve(options as ConnectionOptions)).toThrow(`Cannot serve: ${message}`);
  });
});
