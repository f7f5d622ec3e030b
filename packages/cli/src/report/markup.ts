/** HTML that cannot be forgotten to be escaped: whatever is put into a template is text, unless it is markup itself. */

export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type MarkupValue = string | number | Markup | readonly Markup[];

/** A template of HTML; strings and numbers in it are escaped, lists of markup are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + rendered(values[index - 1]!) + string));
}

function rendered(value: MarkupValue): string {
  if (value instanceof Markup) return value.toString();
  return typeof value === "object" ? value.join("") : escaped(String(value));
}

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an element or a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => REFERENCES[character]!);
}
