/**
 * Memory for received messages, shared by small ones. It cannot be transferred to another thread: that would take it away from
 * all the messages in it.
 */

import { markAsUntransferable } from "node:worker_threads";
import { createMessageMemory, type KeepBytes } from "../bytes/message-memory.ts";

export const keepMessage: KeepBytes = createMessageMemory((size) => {
  const memory = new ArrayBuffer(size);
  markAsUntransferable(memory);
  return memory;
});
