/** What a target is: a deployment in, files out. Knows no particular one. */

import type { Deployment } from "./deployment.ts";

export interface GeneratedFile {
  /** From the output's folder, with forward slashes. */
  readonly path: string;
  /** Ends with a line break. */
  readonly text: string;
}

export interface Target {
  readonly name: string;
  /** One line for `hawser generate --help`. */
  readonly summary: string;
  /** The same deployment makes the same bytes. */
  generate(deployment: Deployment): readonly GeneratedFile[];
  /** Sentences about what this target cannot do, beside the rules for all. */
  lint?(deployment: Deployment): readonly string[];
}
