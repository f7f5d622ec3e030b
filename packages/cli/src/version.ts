/** This package's version. */

import { readFileSync } from "node:fs";

/** As in package.json. */
export function version(): string {
  // The same place seen from src/ and from dist/
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
