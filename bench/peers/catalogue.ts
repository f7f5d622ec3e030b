/** The servers that can be compared: how each is started, which version it is, and what a reader must know about it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export interface Peer {
  /** As given to `--peers`; a name given twice is numbered from the second on. */
  readonly label: string;
  readonly version: string;
  /** The program to run with Node, see `peer-process.ts`. */
  readonly script: string;
  /** For the results: optional parts present or absent, and the like. */
  readonly notes: readonly string[];
}

const { resolve } = createRequire(import.meta.url);

const NOTES: Readonly<Record<string, () => string[]>> = {
  hawser: () => [],
  ws: () => [
    `ws runs ${isInstalled("bufferutil") ? "with" : "without"} bufferutil (optional native masking; ${
      isInstalled("bufferutil") ? "installed" : "not installed here"
    }).`,
  ],
};

/** Names that {@link findPeers} accepts. */
export const PEER_NAMES: readonly string[] = Object.keys(NOTES);

/** The peers of these names, the base of the comparison first. Throws a `TypeError` for an unknown name. */
export function findPeers(names: readonly string[]): Peer[] {
  return names.map((name, index) => {
    const notes = NOTES[name];
    if (notes === undefined)
      throw new TypeError(`Cannot compare: unknown peer ${name}, known: ${PEER_NAMES.join(", ")}`);
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    const label = earlier === 0 ? name : `${name}-${earlier + 1}`;
    const script = join(import.meta.dirname, `${name}.js`);
    return { label, version: versionOf(name), script, notes: earlier === 0 ? notes() : [] };
  });
}

function versionOf(packageName: string): string {
  const manifest = JSON.parse(readFileSync(resolve(`${packageName}/package.json`), "utf8")) as { version: string };
  return manifest.version;
}

function isInstalled(packageName: string): boolean {
  try {
    resolve(packageName);
    return true;
  } catch {
    return false;
  }
}
