/** What `--show-config` prints: each value, and where it came from. */

import { textTable } from "../terminal/table.ts";
import { flagOf, type OptionTable, type Settings } from "./option-table.ts";
import type { Origin, Origins } from "./resolve.ts";

export interface ShownOption {
  readonly name: string;
  /** As it would be written in a file; a secret is not shown. */
  readonly value: string;
  /** `default`, `hawser.config.yaml:3:12`, `HAWSER_WORKERS`, `--workers`. */
  readonly from: string;
}

export function shownOptions<Table extends OptionTable>(
  table: Table,
  settings: Settings<Table>,
  origins: Origins<Table>,
): ShownOption[] {
  const shown = Object.entries(table).filter(([, { place }]) => place !== "nowhere");
  return shown.map(([name, { grammar, isSecret }]) => {
    const value = (settings as Readonly<Record<string, unknown>>)[name];
    const isHidden = isSecret === true && value !== undefined;
    return { name, value: isHidden ? "(not shown)" : grammar.show(value), from: shownOrigin(origins[name]!) };
  });
}

/** A table for people. */
export function configurationTable(options: readonly ShownOption[]): string {
  return textTable(
    ["option", "value", "from"],
    options.map(({ name, value, from }) => [name, value, from]),
    3,
  );
}

function shownOrigin(origin: Origin): string {
  if (origin.kind === "file") return origin.place;
  if (origin.kind === "environment") return origin.variable;
  return origin.kind === "flag" ? origin.flag : "default";
}

/** `--workers`: where an option is told from in an error about two of them. */
export function originName(name: string, origin: Origin): string {
  return origin.kind === "default" ? flagOf(name) : shownOrigin(origin);
}
