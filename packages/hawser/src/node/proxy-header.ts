/**
 * Reads a PROXY protocol header from a socket and leaves everything behind it for whoever reads next.
 */

import type { Socket } from "node:net";
import { type ProxyAddresses, ProxyProtocolReader } from "./proxy-protocol.ts";
import { MAX_TIMER_DELAY } from "./timer-limits.ts";

/**
 * Calls `done` with the addresses that the header names, `undefined` if it names none or is absent where it is optional.
 * Destroys the socket if the header is wrong, missing where it is required, or not there within `timeout` milliseconds.
 */
export function readProxyHeader(
  socket: Socket,
  mode: "optional" | "required",
  timeout: number,
  done: (addresses: ProxyAddresses | undefined) => void,
): void {
  const reader = new ProxyProtocolReader(mode);
  const destroy = () => socket.destroy();
  const timer = setTimeout(destroy, Math.min(timeout, MAX_TIMER_DELAY)).unref();
  const onData = (bytes: Buffer) => {
    const result = reader.receive(bytes);
    if (result === undefined) return;
    stop();
    if ("fault" in result) {
      socket.destroy();
      return;
    }
    socket.pause();
    if (reader.rest.length > 0) socket.unshift(reader.rest);
    done(result.addresses);
  };
  const stop = () => {
    clearTimeout(timer);
    socket.off("data", onData).off("end", destroy).off("close", stop);
  };
  socket.on("data", onData).on("end", destroy).on("close", stop);
  socket.resume();
}
