/**
 * A connection's messages as Web streams.
 */

import type { Message } from "../protocol/message-assembler.ts";
import type { Data } from "./data.ts";
import { ConnectionClosedOK } from "./errors.ts";

/** What the streams use of a connection. */
interface MessageChannel {
  recv(): Promise<Message>;
  send(data: Data): Promise<void>;
  close(code?: number, reason?: string): Promise<void>;
}

/** Ends when the connection closes normally, and errors otherwise. Cancelling it closes the connection with 1000. */
export function readableOf(connection: MessageChannel): ReadableStream<Message> {
  return new ReadableStream<Message>(
    {
      async pull(controller) {
        try {
          controller.enqueue(await connection.recv());
        } catch (error) {
          if (error instanceof ConnectionClosedOK) controller.close();
          else controller.error(error);
        }
      },
      async cancel() {
        await connection.close();
      },
    },
    // The connection has a queue of its own
    { highWaterMark: 0 },
  );
}

export function writableOf(connection: MessageChannel): WritableStream<Data> {
  return new WritableStream<Data>({
    async write(data) {
      await connection.send(data);
    },
    async close() {
      await connection.close();
    },
    async abort() {
      await connection.close(1011, "the stream of outgoing messages was aborted");
    },
  });
}
