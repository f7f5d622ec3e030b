/**
 * Where a conversation is shown: before a person, or for programs that read on.
 */

import { visibleBytes, visibleText } from "../terminal/visible.ts";

export interface Screen {
  /** What the peer sent. */
  received(message: string | Uint8Array): void;
  /** What happens to the connection. */
  status(text: string): void;
  /** What went wrong. */
  warning(text: string): void;
}

/** How lines reach a person: those that are complete stand above the line that is being typed. */
export interface LineWriter {
  line(text: string): void;
}

/** For a person: everything is marked, and nothing that was received is sent to the terminal as it is. */
export function personalScreen(writer: LineWriter, time: () => string): Screen {
  return {
    received(message) {
      const shown = typeof message === "string" ? visibleText(message, "  ") : visibleBytes(message);
      writer.line(`${time()}< ${shown}`);
    },
    status: (text) => writer.line(`${time()}${visibleText(text)}`),
    warning: (text) => writer.line(`${time()}! ${visibleText(text)}`),
  };
}

interface Streams {
  out(text: string): void;
  error(text: string): void;
}

/** For programs: messages alone, a line each, on standard output; bytes as hexadecimal digits. The rest goes to standard error. */
export function plainScreen(streams: Streams): Screen {
  return {
    received(message) {
      streams.out(`${typeof message === "string" ? message : Buffer.from(message).toString("hex")}\n`);
    },
    status: (text) => streams.error(`${visibleText(text)}\n`),
    warning: (text) => streams.error(`${visibleText(text)}\n`),
  };
}

/** For programs that want all of it: a JSON object a line. */
export function jsonScreen(streams: Streams, now: () => number): Screen {
  const line = (event: object) => streams.out(`${JSON.stringify({ time: now(), ...event })}\n`);
  return {
    received(message) {
      line(typeof message === "string" ? { text: message } : { base64: Buffer.from(message).toString("base64") });
    },
    status: (text) => line({ status: text }),
    warning: (text) => line({ warning: text }),
  };
}
