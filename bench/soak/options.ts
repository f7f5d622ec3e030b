/** The soak's command line. */
import { parseArgs } from "node:util";

export interface SoakOptions {
  /** At the same time. */
  readonly connections: number;
  readonly seconds: number;
  readonly seed: number;
  /** The server's option of that name. */
  readonly transport: Transport;
}

const TRANSPORTS = ["auto", "stream", "handle"] as const;

export type Transport = (typeof TRANSPORTS)[number];

const LONG = { connections: 5_000, seconds: 600 } as const;
const SHORT = { connections: 300, seconds: 5 } as const;

export const HELP = `Abuses a server for a while and checks that nothing is left of it.

  --connections N  at the same time (${LONG.connections})
  --seconds N      of abuse, after a warm-up of a fifth of it (${LONG.seconds})
  --short          ${SHORT.connections} connections for ${SHORT.seconds} s
  --seed N         of the random numbers (1)
  --transport T    ${TRANSPORTS.join(", ")}: the server's option (auto)
`;

/** Throws a `TypeError` for what is unknown or out of range. */
export function parseSoakOptions(words: readonly string[]): SoakOptions | "help" {
  const { values } = parseArgs({
    args: [...words],
    options: {
      connections: { type: "string" },
      seconds: { type: "string" },
      seed: { type: "string", default: "1" },
      transport: { type: "string", default: "auto" },
      short: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const usual = values.short ? SHORT : LONG;
  return {
    connections: positive("--connections", values.connections ?? String(usual.connections)),
    seconds: positive("--seconds", values.seconds ?? String(usual.seconds)),
    seed: positive("--seed", values.seed),
    transport: transportOf(values.transport),
  };
}

function transportOf(word: string): Transport {
  const transport = TRANSPORTS.find((known) => known === word);
  if (transport !== undefined) return transport;
  throw new TypeError(`Cannot soak: --transport must be one of ${TRANSPORTS.join(", ")}, got ${JSON.stringify(word)}`);
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new TypeError(`Cannot soak: ${option} must be a whole number above 0, got ${JSON.stringify(text)}`);
}
