/** A worker's way to its supervisor. */

import cluster from "node:cluster";
import type { Socket } from "node:net";
import { type FromSupervisor, type FromWorker, unwrap, wrap } from "../messages.ts";

export interface Channel {
  /** Never throws: the channel's end has an event of its own. */
  say(message: FromWorker): void;
  onMessage(listener: (message: FromSupervisor, socket: Socket | undefined) => void): void;
  /** The supervisor has gone. */
  onEnd(listener: () => void): void;
  /** Whether the channel keeps the process alive, as a listening socket would. */
  hold(isHeld: boolean): void;
}

/** The channel of a process that `node:cluster` started. */
export function processChannel(): Channel {
  let isHeld = false;
  // Node counts who listens; our own listener and that of node:cluster are to keep nobody alive, those of the program are
  const known = process.listenerCount("message") + 1;
  const regulate = (others: number) => {
    if (isHeld || others > 0) process.channel?.ref();
    else process.channel?.unref();
  };
  const others = () => process.listenerCount("message") - known;
  process.on("newListener", (event) => {
    if (event === "message") regulate(others() + 1);
  });
  process.on("removeListener", (event) => {
    if (event === "message") regulate(others());
  });
  return {
    say(message) {
      if (process.connected) process.send?.(wrap(message), undefined, undefined, () => {});
    },
    onMessage(listener) {
      process.on("message", (message: unknown, handle: unknown) => {
        const ours = unwrap<FromSupervisor>(message);
        if (ours !== undefined) listener(ours, handle as Socket | undefined);
      });
      regulate(0);
    },
    onEnd(listener) {
      cluster.worker?.on("disconnect", () => {
        // Node would end the process here, and cut every connection off
        if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
        listener();
      });
    },
    hold(holds) {
      isHeld = holds;
      regulate(others());
    },
  };
}
