/**
 * What a driver of the protocol core is told.
 */

import type { CloseInfo } from "./closing.ts";
import type { MessageSink } from "./message-assembler.ts";

/** What a driver gives the core to report to. Methods are called during the driver's own calls, and must not throw. */
export interface ProtocolSink extends MessageSink {
  /** A ping was received, and answered. `payload` is valid during the call. */
  ping(payload: Uint8Array): void;
  /** A pong was received; `latency` in milliseconds if it answers a ping of ours. `payload` is valid during the call. */
  pong(payload: Uint8Array, latency: number | undefined): void;
  /** The closing handshake has begun, by either side, or the connection has failed: no more messages can be sent. */
  closing(): void;
  /**
   * Nothing more will be output: the driver ends its side of the transport once everything is written. `isHandshakeDone`: both
   * Close frames went over, so nothing that the peer may still send counts.
   */
  end(isHandshakeDone: boolean): void;
  /** The driver destroys the transport now. */
  abort(): void;
  /** The transport has ended; the last call. */
  closed(info: CloseInfo): void;
}
