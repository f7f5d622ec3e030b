/** The values that only the section `deploy` has: lists of hosts and domains, names that platforms take. */

import type { Grammar } from "./grammar.ts";

const HOST = "[A-Za-z0-9_*]([A-Za-z0-9_.:-]*[A-Za-z0-9])?";

/** Names or addresses, with commas between them or as a list. */
export const hosts: Grammar<readonly string[]> = {
  placeholder: "<name,...>",
  expected: "host names or addresses, with commas between them",
  schema: {
    anyOf: [
      { type: "string", pattern: `^${HOST}(, ?${HOST})*$` },
      { type: "array", minItems: 1, items: { type: "string", pattern: `^${HOST}$` } },
    ],
  },
  isList: true,
  read(raw) {
    const words = String(raw).split(/, ?/);
    return words.every((word) => new RegExp(`^${HOST}$`).test(word)) ? { value: words } : undefined;
  },
  show: (value) => value.join(","),
};

/** RFC 1123: what Kubernetes, Fly, systemd and all others take as a name. */
export const DNS_LABEL = "[a-z]([a-z0-9-]{0,61}[a-z0-9])?";
