/** The first lines of every generated file. */

/** @param mark what begins a comment */
export function header(target: string, mark: string, ...notes: readonly string[]): string {
  const first = `Made by hawser generate ${target} from the section deploy of the configuration: change that, and make this again.`;
  return [first, ...notes].map((line) => `${mark} ${line}`.trimEnd().concat("\n")).join("");
}

/** The lines that are there, as they are; `undefined` and `false` are left out. */
export function lines(...all: readonly (string | undefined | false)[]): string {
  return all.flatMap((line) => (line === undefined || line === false ? [] : [`${line}\n`])).join("");
}

/** Each line further to the right. */
export function indented(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by);
}
