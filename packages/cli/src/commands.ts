/**
 * The table of commands: a new one is a module of its own and a line here.
 */

import { bench } from "./bench/command.ts";
import type { Command } from "./command.ts";
import { connectTo } from "./connect/command.ts";
import { doctor } from "./doctor/command.ts";
import { generate } from "./generate/command.ts";
import { plan } from "./plan/command.ts";
import { publish } from "./publish/command.ts";
import { run } from "./run/command.ts";
import { status } from "./status/command.ts";
import { restart, scale, stop } from "./stop/commands.ts";
import { tune } from "./tune/command.ts";

export const COMMANDS: readonly Command[] = [
  bench,
  connectTo,
  doctor,
  generate,
  plan,
  publish,
  restart,
  run,
  scale,
  status,
  stop,
  tune,
];
