/**
 * Structured files whose programs cannot run here, held against a description of their keys: what is not described is a
 * mistake, as is what is missing or has another form.
 */

import { parse } from "yaml";

export type Shape =
  | RegExp
  | "number"
  | "boolean"
  /** Every element. */
  | readonly [Shape]
  /** By key; `name?` may be missing, `*` stands for any other key. */
  | { readonly [key: string]: Shape };

/** A line for each difference, with its path. */
export function structureProblems(text: string, shape: Shape): readonly string[] {
  return differences(parse(text), shape, "");
}

function differences(value: unknown, shape: Shape, path: string): readonly string[] {
  if (shape instanceof RegExp) {
    return typeof value === "string" && shape.test(value) ? [] : [`${path}: ${JSON.stringify(value)} is not ${shape}`];
  }
  if (typeof shape === "string") {
    const isRight = typeof value === shape;
    return isRight ? [] : [`${path}: ${JSON.stringify(value)} is no ${shape}`];
  }
  if (isList(shape)) {
    if (!Array.isArray(value) || value.length === 0) return [`${path}: no list with elements`];
    return value.flatMap((element, index) => differences(element, shape[0], `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: no keys and values`];
  return keyDifferences(value as Readonly<Record<string, unknown>>, shape, path);
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function keyDifferences(
  value: Readonly<Record<string, unknown>>,
  shape: { readonly [key: string]: Shape },
  path: string,
): readonly string[] {
  const missing = Object.keys(shape).filter((key) => key !== "*" && !key.endsWith("?") && !Object.hasOwn(value, key));
  const wrong = Object.entries(value).flatMap(([key, one]) => {
    const own = shape[key] ?? shape[`${key}?`] ?? shape["*"];
    return own === undefined ? [`${path}.${key}: unknown key`] : differences(one, own, `${path}.${key}`);
  });
  return [...missing.map((key) => `${path}.${key} is missing`), ...wrong];
}
