/** The recommendation as code to paste. */

import type { Recommendation } from "../result.ts";

/** `serve(handler, { compression: ... });` */
export function codeOf({ compression }: Recommendation): string {
  if (compression === false) return "serve(handler, { compression: false });";
  const fields = Object.entries(compression).map(([name, value]) => `    ${name}: ${JSON.stringify(value)},`);
  return ["serve(handler, {", "  compression: {", ...fields, "  },", "});"].join("\n");
}
