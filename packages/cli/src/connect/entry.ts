/**
 * What a person types: a message, or a command that begins with a slash. Knows no connection.
 */

export type Entry =
  | { readonly kind: "message"; readonly message: string | Uint8Array }
  | { readonly kind: "ping"; readonly payload: string }
  | { readonly kind: "close"; readonly code: number | undefined; readonly reason: string }
  | { readonly kind: "help" }
  /** Nothing is done but to say it. */
  | { readonly kind: "mistake"; readonly text: string };

export const COMMANDS_HELP = `  /ping [text]            sends a ping, and says how long the answer took
  /binary <hex>           sends bytes: /binary 00ff10
  /close [code [reason]]  closes the connection (1000); so does Ctrl-D
  /help                   shows this
  //text                  sends a message that begins with a slash
`;

/** Takes one line apart; what is no command is a message as it stands. */
export function readEntry(line: string): Entry {
  if (!line.startsWith("/")) return { kind: "message", message: line };
  if (line.startsWith("//")) return { kind: "message", message: line.slice(1) };
  const [, name = "", rest = ""] = /^\/(\S*)\s*(.*)$/su.exec(line) ?? [];
  const read = Object.hasOwn(COMMANDS, name) ? COMMANDS[name as keyof typeof COMMANDS] : undefined;
  if (read !== undefined) return read(rest);
  return mistake(`there is no command /${name}; /help lists them, and //${name} sends /${name} as a message`);
}

const COMMANDS = {
  ping: (payload: string): Entry => ({ kind: "ping", payload }),
  binary: readBytes,
  close: readClose,
  help: (): Entry => ({ kind: "help" }),
};

function readBytes(text: string): Entry {
  const digits = text.replace(/[\s:]|0x/g, "");
  if (digits.length % 2 === 0 && /^[\da-f]*$/i.test(digits)) {
    return { kind: "message", message: new Uint8Array(Buffer.from(digits, "hex")) };
  }
  return mistake(`/binary takes pairs of hexadecimal digits, such as 00ff10, got ${text}`);
}

function readClose(text: string): Entry {
  const [, code, reason = ""] = /^(\S*)\s*(.*)$/su.exec(text) ?? [];
  if (code === undefined || code === "") return { kind: "close", code: undefined, reason: "" };
  if (/^\d{4}$/.test(code)) return { kind: "close", code: Number(code), reason };
  return mistake(`/close takes a close code of four digits, got ${code}`);
}

function mistake(text: string): Entry {
  return { kind: "mistake", text };
}
