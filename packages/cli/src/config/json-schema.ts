/**
 * The JSON Schema of the configuration file, for editors: made from the table, published as
 * `@hawser/cli/config-schema.json`.
 */

import { DEPLOY_OPTIONS } from "./deploy-options.ts";
import type { JsonSchema } from "./grammar.ts";
import type { OptionEntry, OptionTable } from "./option-table.ts";
import { RUN_OPTIONS } from "./run-options.ts";

/** The text of the published file. */
export function configSchemaText(): string {
  return `${JSON.stringify(configSchema(), null, 2)}\n`;
}

function configSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of hawser",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      ...propertiesOf(RUN_OPTIONS, "top"),
      run: {
        type: "object",
        description: "Options of hawser run",
        additionalProperties: false,
        properties: propertiesOf(RUN_OPTIONS, "run"),
      },
      deploy: {
        type: "object",
        description: "What hawser generate writes down for routers and platforms",
        additionalProperties: false,
        properties: propertiesOf(DEPLOY_OPTIONS, "run"),
      },
    },
  };
}

function propertiesOf(table: OptionTable, place: "top" | "run"): Readonly<Record<string, JsonSchema>> {
  const entries = Object.entries(table).filter(([, { place: one = "run" }]) => one === place);
  return Object.fromEntries(entries.map(([name, entry]) => [name, propertyOf(entry)]));
}

function propertyOf({ grammar, help, default: usual }: OptionEntry<unknown>): JsonSchema {
  const standard = usual === undefined ? {} : { default: grammar.show(usual) };
  return { description: help, ...grammar.schema, ...standard };
}
