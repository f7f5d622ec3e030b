/** The values that only the section `deploy` has: lists of hosts and domains, names that platforms take. */

import type { Grammar } from "./grammar.ts";

const NAME = "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?";

/** At least two colons: what has one has a port, which is told elsewhere. */
const IPV6 = "[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*";

/** Names or addresses of machines. */
export const hosts: Grammar<readonly string[]> = listOf("host names or addresses, without ports", `(${NAME}|${IPV6})`);

/** Names under which clients connect. */
export const domains: Grammar<readonly string[]> = listOf(
  "domain names without ports, with * as the first label at most",
  `(\\*\\.)?${NAME}`,
);

/** With commas between the words, or as a list; none twice. */
function listOf(expected: string, pattern: string): Grammar<readonly string[]> {
  const whole = new RegExp(`^${pattern}$`);
  return {
    placeholder: "<name,...>",
    expected: `${expected}, with commas between them, none twice`,
    schema: {
      anyOf: [
        { type: "string", pattern: `^${pattern}(, ?${pattern})*$` },
        { type: "array", minItems: 1, uniqueItems: true, items: { type: "string", pattern: `^${pattern}$` } },
      ],
    },
    isList: true,
    read(raw) {
      const words = String(raw).split(/, ?/);
      const isRight = words.every((word) => whole.test(word)) && new Set(words).size === words.length;
      return isRight ? { value: words } : undefined;
    },
    show: (value) => value.join(","),
  };
}

/** RFC 1123: what Kubernetes, Fly, systemd and all others take as a name. */
export const DNS_LABEL = "[a-z]([a-z0-9-]{0,61}[a-z0-9])?";
