/**
 * Records what a server sends into a file of lines, with the library's own client.
 */

import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { type ClientConnection, ConnectionClosed, connect, HawserError } from "hawser";
import { CommandError } from "../../command.ts";
import { lineOf } from "../../messages/json-lines.ts";

export interface RecordPlan {
  readonly url: string;
  /** Written anew; it must not exist. */
  readonly output: string;
  /** Messages after which recording ends. */
  readonly messages: number;
  /** Seconds after which recording ends. */
  readonly seconds: number;
}

/** Why recording ended. */
export type RecordEnd = "messages" | "seconds" | "interrupted" | "closed";

export interface Recording {
  readonly count: number;
  readonly end: RecordEnd;
}

/** Largest message that is recorded (bytes). */
const MAX_SIZE = 67_108_864;

/**
 * Connects, and writes each message as it arrives; what has arrived is in the file however recording ends. Without a
 * message there is no file.
 *
 * @param interruption ends the recording, as Ctrl-C does
 * @throws {CommandError} if the server cannot be reached, or the file exists or cannot be written
 */
export async function record(plan: RecordPlan, interruption: AbortSignal): Promise<Recording> {
  const file = await createFile(plan.output);
  try {
    const ws = await open(plan.url, interruption);
    const timeout = AbortSignal.timeout(Math.min(plan.seconds * 1_000, 2 ** 31 - 1));
    const end = AbortSignal.any([interruption, timeout]);
    const { count, isClosed } = await copyMessages(ws, file, plan.messages, end);
    await ws.close(1000);
    return { count, end: endOf({ isClosed, isFull: count >= plan.messages, interruption }) };
  } finally {
    file.end();
    await once(file, "close");
    // Nothing arrived: an empty file would only be in the way of the next attempt
    if (file.bytesWritten === 0) await rm(plan.output);
  }
}

async function createFile(path: string): Promise<WriteStream> {
  const file = createWriteStream(path, { flags: "wx" });
  try {
    await once(file, "open");
    return file;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError(code === "EEXIST" ? `${path} exists already; --output names another file.` : message);
  }
}

async function open(url: string, signal: AbortSignal): Promise<ClientConnection> {
  try {
    return await connect(url, { signal, maxSize: MAX_SIZE });
  } catch (error) {
    const isForeseen = error instanceof HawserError || error instanceof TypeError || error instanceof Error;
    if (!isForeseen) throw error;
    throw new CommandError(`cannot record ${url}: ${error.message}`);
  }
}

async function copyMessages(
  ws: ClientConnection,
  file: WriteStream,
  most: number,
  end: AbortSignal,
): Promise<{ count: number; isClosed: boolean }> {
  let count = 0;
  try {
    while (count < most && !end.aborted) {
      const message = await ws.recv({ signal: end });
      count += 1;
      if (!file.write(lineOf(message))) await once(file, "drain");
    }
    return { count, isClosed: false };
  } catch (error) {
    if (end.aborted) return { count, isClosed: false };
    if (error instanceof ConnectionClosed) return { count, isClosed: true };
    throw error;
  }
}

function endOf(state: { isClosed: boolean; isFull: boolean; interruption: AbortSignal }): RecordEnd {
  if (state.isFull) return "messages";
  if (state.isClosed) return "closed";
  return state.interruption.aborted ? "interrupted" : "seconds";
}
