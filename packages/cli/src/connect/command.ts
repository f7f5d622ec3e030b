/** `hawser connect`: a conversation with a server, for people and for pipes. */

import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Command, ExitCode, Interrupted } from "../command.ts";
import { optionsCommand } from "../options-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { openConnections } from "./connections.ts";
import { Conversation, type Ending } from "./conversation.ts";
import { readEntry } from "./entry.ts";
import { HELP } from "./help.ts";
import { Keyboard } from "./keyboard.ts";
import { type ConnectCommandOptions, parseConnectOptions } from "./options.ts";
import { jsonScreen, personalScreen, plainScreen, type Screen } from "./screen.ts";

/** What the command has of its process. */
export interface ConnectSurroundings {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly historyPath: string;
}

const PROCESS: ConnectSurroundings = {
  get input() {
    return process.stdin;
  },
  get output() {
    return process.stdout;
  },
  historyPath: join(homedir(), ".hawser_history"),
};

export const connectTo: Command = connectCommand(PROCESS);

export function connectCommand(surroundings: ConnectSurroundings): Command {
  return optionsCommand({
    name: "connect",
    summary: "talk to a server: lines that you type are messages; for pipes too",
    help: HELP,
    parse: parseConnectOptions,
    async run(options, terminal) {
      if (options.isInsecure) terminal.error("The server's certificate is not checked (--insecure).\n");
      const ending = isPersonal(options, surroundings)
        ? await talk(options, surroundings, terminal)
        : await pipe(options, surroundings, terminal);
      return ending === "well" ? ExitCode.OK : ExitCode.FAILED;
    },
  });
}

function isPersonal({ isJson, isBinary }: ConnectCommandOptions, { input, output }: ConnectSurroundings): boolean {
  return input.isTTY === true && output.isTTY === true && !isJson && !isBinary;
}

/** With a person. */
async function talk(
  options: ConnectCommandOptions,
  { input, output, historyPath }: ConnectSurroundings,
  terminal: Terminal,
): Promise<Ending> {
  const keyboard = new Keyboard(input, output, options.keepsHistory ? historyPath : undefined);
  const screen = personalScreen(keyboard, options.showsTimes ? clockTime : () => "");
  const conversation = new Conversation(screen);
  const leaving = new AbortController();
  const leave = () => {
    conversation.leave();
    leaving.abort();
  };
  keyboard.start({ line: (text) => void conversation.enter(readEntry(text)), end: leave });
  terminal.interruption.addEventListener("abort", leave);
  try {
    return wished(await conversation.run(openConnections(options, screen, leaving.signal)), leaving.signal);
  } finally {
    keyboard.close();
  }
}

/** Who leaves before there is a connection has nothing to complain about. */
function wished(ending: Ending, leaving: AbortSignal): Ending {
  return ending === "never opened" && leaving.aborted ? "well" : ending;
}

/** `14:03:59.123 ` */
function clockTime(): string {
  const now = new Date();
  return `${now.toTimeString().slice(0, 8)}.${String(now.getMilliseconds()).padStart(3, "0")} `;
}

/** With programs. */
async function pipe(
  options: ConnectCommandOptions,
  { input, output }: ConnectSurroundings,
  terminal: Terminal,
): Promise<Ending> {
  const { interruption } = terminal;
  const screen: Screen = options.isJson ? jsonScreen(terminal, Date.now) : plainScreen(terminal, output.isTTY === true);
  const conversation = new Conversation(screen);
  interruption.addEventListener("abort", () => conversation.leave());
  const isOver = () => input.destroyed;
  sendInput(conversation, input, options).catch((error: Error) => isOver() || screen.warning(error.message));
  const ending = await conversation.run(openConnections(options, screen, interruption));
  input.destroy();
  if (interruption.aborted) throw new Interrupted();
  return ending;
}

async function sendInput(
  conversation: Conversation,
  input: Readable,
  { isBinary, wait }: ConnectCommandOptions,
): Promise<void> {
  await conversation.untilOpen();
  for await (const message of isBinary ? wholeOf(input) : linesOf(input)) {
    await conversation.untilOpen();
    await conversation.enter({ kind: "message", message });
  }
  await conversation.leaveWhenQuiet(wait);
}

async function* wholeOf(input: Readable): AsyncIterable<Uint8Array> {
  yield await buffer(input);
}

function linesOf(input: Readable): AsyncIterable<string> {
  return createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}
