/**
 * Where the library reports to: any logger of the shape of pino's. Silent by default.
 */

import { ignore } from "./ignore.ts";
import { settled } from "./user-result.ts";

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * A logger whose methods cannot throw into the library.
 *
 * @throws {TypeError} if one of the four methods is missing.
 */
export function resolveLogger(action: string, logger: Logger | undefined): Logger {
  if (logger === undefined) return silentLogger;
  for (const level of ["debug", "info", "warn", "error"] as const) {
    if (typeof logger?.[level] === "function") continue;
    throw new TypeError(
      `Cannot ${action}: logger must have the methods debug, info, warn and error; ${level} is missing`,
    );
  }
  return {
    debug: (fields, message) => guard(() => logger.debug(fields, message)),
    info: (fields, message) => guard(() => logger.info(fields, message)),
    warn: (fields, message) => guard(() => logger.warn(fields, message)),
    error: (fields, message) => guard(() => logger.error(fields, message)),
  };
}

function guard(report: () => unknown): void {
  try {
    void settled(report(), ignore);
  } catch {
    // There is nowhere to report that reporting fails
  }
}
