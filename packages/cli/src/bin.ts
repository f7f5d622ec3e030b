#!/usr/bin/env node
/** The program `hawser`: joins this process with the commands. */

import { COMMANDS } from "./commands.ts";
import { main } from "./main.ts";
import { processTerminal } from "./terminal/process-terminal.ts";

process.exitCode = await main(process.argv.slice(2), COMMANDS, processTerminal());

/** Milliseconds. Whatever a client of others' left open must not keep a command that is done. */
const PATIENCE = 1_000;

setTimeout(() => process.exit(), PATIENCE).unref();
