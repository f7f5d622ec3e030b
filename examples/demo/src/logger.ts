/**
 * A plain logger in pino's shape: one line of text for each entry.
 */

type Log = (fields: object, message: string) => void;

export interface Logger {
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

/** `write` gets whole lines without their end; entries of level debug are dropped. */
export function plainLogger(write: (line: string) => void): Logger {
  const log =
    (level: string): Log =>
    (fields, message) =>
      write([level, message, ...Object.entries(fields).flatMap(formatField)].join(" "));
  return { debug: () => {}, info: log("info "), warn: log("warn "), error: log("error") };
}

function formatField([name, value]: [string, unknown]): string[] {
  if (value === undefined || typeof value === "function") return [];
  return [`${name}=${formatValue(value)}`];
}

/** What a peer sent stands in quotes if it is not one plain word, so that it cannot forge a line or a field. */
function formatValue(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.stack ?? value.message);
  if (typeof value === "object" && value !== null) return "{...}";
  const text = String(value);
  return /^[\w./:?&=%+@[\]-]+$/.test(text) ? text : JSON.stringify(text);
}
