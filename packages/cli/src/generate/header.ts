/** The first lines of every generated file. */

/** By these words of its beginning a file is known that was generated. */
export const MADE_BY = "Made by hawser generate";

/** For files that have no comments, as a description. */
export function origin(target: string): string {
  return `${MADE_BY} ${target} from the section deploy of the configuration: change that, and make this again.`;
}

/** @param mark what begins a comment */
export function header(target: string, mark: string, ...notes: readonly string[]): string {
  return [origin(target), ...notes].map((line) => `${mark} ${line}`.trimEnd().concat("\n")).join("");
}

/** Of files whose health checks ask the app itself. */
export const APP_ANSWERS = "The app answers /readyz on its own port: processRequest: healthChecks(() => server).";

/** The lines that are there, as they are; `undefined` and `false` are left out. */
export function lines(...all: readonly (string | undefined | false)[]): string {
  return all.flatMap((line) => (line === undefined || line === false ? [] : [`${line}\n`])).join("");
}

/** Each line further to the right. */
export function indented(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by);
}
