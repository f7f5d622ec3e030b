import { describe, expect, test } from "vitest";
import { type Logger, resolveLogger, silentLogger } from "./logger.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

describe("resolveLogger", () => {
  test("is silent by default", () => {
    expect(resolveLogger("serve", undefined)).toBe(silentLogger);
    for (const level of LEVELS) expect(silentLogger[level]({}, "unheard")).toBeUndefined();
  });

  test.each(LEVELS)("hands %s on, as a call of the logger's own", (level) => {
    const logged: unknown[] = [];
    const log = function (this: unknown, fields: object, message: string) {
      logged.push([this === logger, fields, message]);
    };
    const logger: Logger = { debug: log, info: log, warn: log, error: log };
    resolveLogger("serve", logger)[level]({ id: 1 }, "said");
    expect(logged).toEqual([[true, { id: 1 }, "said"]]);
  });

  test.each(LEVELS)("a logger that throws at %s does no harm", (level) => {
    const log = () => {
      throw new Error("full disk");
    };
    const logger = resolveLogger("serve", { debug: log, info: log, warn: log, error: log });
    expect(() => logger[level]({}, "lost")).not.toThrow();
  });

  test.each(LEVELS)("a logger without %s is refused", (level) => {
    const { [level]: _missing, ...rest } = silentLogger;
    const message = `Cannot serve: logger must have the methods debug, info, warn and error; ${level} is missing`;
    expect(() => resolveLogger("serve", rest as Logger)).toThrow(new TypeError(message));
  });

  test("null is refused", () => {
    expect(() => resolveLogger("connect", null as never)).toThrow("Cannot connect: logger must have");
  });
});
