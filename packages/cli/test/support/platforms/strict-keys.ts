/**
 * Known keys, by hand, for formats of which no schema can be had from the package registry.
 */

/** `true`: any value; a table: an object, or a list of them; `"*"`: a key of any name. */
export type KeyTable = { readonly [key: string]: true | KeyTable };

export function unknownKeys(value: unknown, table: KeyTable, path = ""): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownKeys(item, table, `${path}/${index}`));
  if (typeof value !== "object" || value === null) return [`${path} must be an object`];
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = table[key] ?? table["*"];
    if (known === undefined) return [`${path}/${key} is no known key`];
    return known === true ? [] : unknownKeys(inner, known, `${path}/${key}`);
  });
}
