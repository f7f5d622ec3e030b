/** Makes what a peer sent harmless for a terminal: nothing in it moves the cursor, changes a title or reverses text. */

/** Controls but tab and line feed, and what changes the direction of the text around it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const INVISIBLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Control characters as `\x1b` or `\u202e`; lines after the first are set in by `margin`. */
export function visibleText(text: string, margin = ""): string {
  return text.replace(INVISIBLE, escaped).replaceAll("\n", `\n${margin}`);
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

/** Bytes that a person looks at; more are counted. */
const SHOWN_BYTES = 64;

/** `(binary, 3 bytes) 00 ff 10` */
export function visibleBytes(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SHOWN_BYTES)).toString("hex");
  const rest = bytes.length > SHOWN_BYTES ? " ..." : "";
  const unit = bytes.length === 1 ? "byte" : "bytes";
  return `(binary, ${bytes.length} ${unit}) ${shown.replace(/..(?=.)/g, "$& ")}${rest}`.trimEnd();
}
