/**
 * Finds the transcripts of a Markdown document, and tells whether output is as they show it. Pure: text in, steps out.
 *
 * The convention is written down in CONTRIBUTING.md.
 */

/** A command as it stands after `$ `, and the lines shown below it. */
export interface Step {
  /** Of the command, from 1. */
  readonly line: number;
  /** Several lines where the transcript goes on after `> `. */
  readonly command: string;
  readonly expected: readonly string[];
}

export interface Transcript {
  /** Names and texts of the fences that are marked `title=<name>`. */
  readonly files: ReadonlyMap<string, string>;
  /** System programs that the fences name after `needs=`. */
  readonly needs: readonly string[];
  /** Of all fences of the page, which are one session in one shell. */
  readonly steps: readonly Step[];
}

interface Fence {
  readonly info: string;
  /** Of the line after the opening, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** @throws {Error} if a fence is not closed, or a transcript does not begin with a command. */
export function readTranscript(path: string, text: string): Transcript {
  const fences = fencesOf(path, text.split("\n"));
  const consoles = fences.filter(({ info }) => wordsOf(info)[0] === "console");
  const titled = fences.flatMap(({ info, lines }) => {
    const title = attributeOf(info, "title");
    return title === undefined ? [] : [[title, `${lines.join("\n")}\n`] as const];
  });
  return {
    files: new Map(titled),
    needs: consoles.flatMap(({ info }) => attributeOf(info, "needs")?.split(",") ?? []),
    steps: consoles.flatMap((fence) => stepsOf(path, fence)),
  };
}

function wordsOf(info: string): readonly string[] {
  return info.split(/\s+/);
}

function attributeOf(info: string, name: string): string | undefined {
  return wordsOf(info)
    .find((word) => word.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

function fencesOf(path: string, lines: readonly string[]): readonly Fence[] {
  const fences: Fence[] = [];
  for (let index = 0; index < lines.length; index++) {
    const [, mark, info = ""] = /^(`{3,})\s*(.*?)\s*$/.exec(lines[index]!) ?? [];
    if (mark === undefined) continue;
    const end = lines.indexOf(mark, index + 1);
    if (end === -1) throw new Error(`${path}:${index + 1}: the fence is not closed`);
    fences.push({ info, line: index + 2, lines: lines.slice(index + 1, end) });
    index = end;
  }
  return fences;
}

function stepsOf(path: string, { line: start, lines }: Fence): readonly Step[] {
  const steps: { line: number; command: string; expected: string[] }[] = [];
  for (const [offset, line] of lines.entries()) {
    const last = steps.at(-1);
    if (line.startsWith("$ ")) steps.push({ line: start + offset, command: line.slice(2), expected: [] });
    else if (last === undefined) throw new Error(`${path}:${start + offset}: a transcript begins with "$ "`);
    else if (line.startsWith("> ") && last.expected.length === 0) last.command += `\n${line.slice(2)}`;
    else last.expected.push(line);
  }
  return steps;
}

/** Whether output is as shown: `...` alone stands for any lines, `<pid>` within a line for any text. */
export function matches(expected: readonly string[], output: string): boolean {
  const lines = expected.map((line) => (line === "..." ? "(?:.*\n)*?" : `${patternOf(line)}\n`));
  const whole = output === "" || output.endsWith("\n") ? output : `${output}\n`;
  return new RegExp(`^${lines.join("")}$`).test(whole);
}

function patternOf(line: string): string {
  return line
    .trimEnd()
    .split(/<[\w -]+>/)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join(".+?")
    .concat("[ \\t]*");
}
