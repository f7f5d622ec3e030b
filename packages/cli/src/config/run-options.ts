/**
 * The options of `hawser run`: the one table. Flags, environment variables, the configuration file, its JSON Schema and
 * the help are made from it.
 */

import { choice, duration, or, size, text, wholeNumber } from "./grammar.ts";
import { type OptionTable, option, type Settings } from "./option-table.ts";
import { address, backoffRange, balance, scaleRule, statusCode, workerRange } from "./run-grammars.ts";

/** Node itself needs some 40 MiB; less is a mistyped unit. */
const LEAST_MEMORY = 32 * 2 ** 20;

export const RUN_OPTIONS = {
  entry: option({
    grammar: text({ placeholder: "<file>", expected: "the path of a program" }),
    default: undefined,
    help: "the program that calls serve()",
    place: "top",
    isPositional: true,
  }),
  name: option({
    grammar: text({
      placeholder: "<name>",
      expected: "a word of letters, digits, dots, dashes and underscores",
      pattern: "[\\w.-]+",
    }),
    default: undefined,
    help: "what status, logs and metrics call this service",
    place: "top",
  }),
  workers: option({
    grammar: workerRange,
    default: { least: "auto", most: "auto" },
    help: "processes; auto: one for each processor; a range is for --scale",
    short: "w",
  }),
  balance: option({
    grammar: balance,
    default: { type: "round-robin" },
    help: "round-robin, least-connections, reuse-port, unix:PATH with %d, or ports:FIRST",
  }),
  scale: option({
    grammar: or("off", scaleRule),
    default: undefined,
    help: "add and remove workers by connections=N or cpu=PERCENT for each",
  }),
  memoryLimit: option({
    grammar: or("off", size({ least: LEAST_MEMORY })),
    default: undefined,
    help: "resident memory at which a worker that has lived --min-uptime is drained and replaced",
  }),
  stall: option({
    grammar: duration(),
    default: 5_000,
    help: "a worker whose event loop is blocked for longer is replaced; 0: never",
  }),
  readyTimeout: option({
    grammar: duration({ least: 100 }),
    default: 30_000,
    help: "for a new worker to listen",
  }),
  notReady: option({
    grammar: duration(),
    default: 0,
    help: "before stopping, /readyz says 503 for so long while connections are still taken",
  }),
  drainWindow: option({
    grammar: duration(),
    default: 30_000,
    help: "over which the connections of a restarted worker are closed",
  }),
  stopCode: option({ grammar: statusCode, default: 1001, help: "close code when all stops" }),
  restartCode: option({ grammar: statusCode, default: 1012, help: "close code when a worker is replaced" }),
  grace: option({
    grammar: or("auto", duration()),
    default: undefined,
    help: "until a worker that was asked to end is killed; auto: the drain window and 20s",
  }),
  maxConnectionAge: option({
    grammar: or("off", duration({ least: 1_000 })),
    default: undefined,
    help: "connections are closed at this age, give or take 10 %, so that new workers get load",
  }),
  crashLimit: option({
    grammar: wholeNumber(),
    default: 5,
    help: "so many exits in a row, each within --min-uptime, end all with exit code 70; 0: never",
  }),
  minUptime: option({
    grammar: duration(),
    default: 10_000,
    help: "a worker that lived longer did not crash at its start",
  }),
  backoff: option({
    grammar: backoffRange,
    default: { least: 500, most: 30_000 },
    help: "wait before a restart: the first and the longest, at random up to it",
  }),
  admin: option({
    grammar: or("off", address),
    default: { host: "127.0.0.1", port: 9464 },
    help: "probes, metrics, status; hawser status and hawser stop ask there",
  }),
  adminToken: option({
    grammar: text({
      placeholder: "<token>",
      expected: "a word of visible ASCII characters",
      pattern: "[\\x21-\\x7e]+",
    }),
    default: undefined,
    help: "for commands, beyond loopback for all but probes; better as HAWSER_ADMIN_TOKEN",
    isSecret: true,
  }),
  log: option({ grammar: choice("text", "json"), default: "text", help: "of the supervisor's own lines" }),
  config: option({
    grammar: text({ placeholder: "<file>", expected: "the path of a file" }),
    default: undefined,
    help: "the configuration file, instead of hawser.config.json, .jsonc or .yaml here",
    short: "c",
    place: "nowhere",
  }),
} as const satisfies OptionTable;

export type RunSettings = Settings<typeof RUN_OPTIONS>;
