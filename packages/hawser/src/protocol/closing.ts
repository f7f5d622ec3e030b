/**
 * The states of a connection and the only moves between them (RFC 6455, sections 4.1 and 7.1).
 *
 * Every change of state goes through {@link next}; nothing else assigns a state. This file does not know which side it is
 * on, nor about bytes, timers or sockets. The diagram in the documentation is drawn from the table.
 */

import { CloseCode, type CloseStatus } from "./close-code.ts";
import type { ProtocolFault } from "./errors.ts";

export type State = "connecting" | "open" | "closing" | "closed";

export type Trigger = "handshakeDone" | "closeAsked" | "closeSent" | "closeReceived" | "failed" | "transportEnded";

export const MOVES = {
  connecting: { handshakeDone: "open", failed: "closed", transportEnded: "closed" },
  open: {
    closeAsked: "closing",
    closeSent: "closing",
    closeReceived: "closing",
    failed: "closing",
    transportEnded: "closed",
  },
  closing: { closeSent: "closing", closeReceived: "closing", failed: "closing", transportEnded: "closed" },
  closed: {},
} as const satisfies Record<State, Partial<Record<Trigger, State>>>;

/** The state after `trigger`; a trigger that means nothing in a state leaves it as it is. */
export function next(state: State, trigger: Trigger): State {
  const moves: Partial<Record<Trigger, State>> = MOVES[state];
  return moves[trigger] ?? state;
}

/** How a connection ended. */
export interface CloseInfo {
  /** The peer's status code; 1005 if its Close frame had none, 1006 if there was no Close frame. */
  readonly code: number;
  readonly reason: string;
  readonly received: CloseStatus | undefined;
  readonly sent: CloseStatus | undefined;
  /** Which Close frame came first; `undefined` unless both did. */
  readonly receivedThenSent: boolean | undefined;
  /** The rule that the peer broke, if that is why the connection was failed. */
  readonly fault: ProtocolFault | undefined;
}

/** The closing handshake of one connection (RFC 6455, section 7). */
export class Closing {
  #state: State;
  /** What the Close frame will say, once the messages are sent that stand before it. */
  #asked: CloseStatus | undefined;
  #received: CloseStatus | undefined;
  #sent: CloseStatus | undefined;
  #receivedFirst = false;
  #fault: ProtocolFault | undefined;
  #hasFailed = false;

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  /** Whether messages and pings may be sent. */
  get canSend(): boolean {
    return this.#state === "open";
  }

  /** Whether messages may be sent that were accepted before a Close frame was asked for. */
  get canSendAccepted(): boolean {
    return this.canSend || this.asked !== undefined;
  }

  /** The Close frame that is still to be sent, since messages stand before it. */
  get asked(): CloseStatus | undefined {
    return this.#received === undefined && this.canSendClose && !this.#hasFailed ? this.#asked : undefined;
  }

  /** Whether a Close frame may be sent: after it, "an endpoint MUST NOT send any more data frames" (5.5.1). */
  get canSendClose(): boolean {
    return this.#sent === undefined && this.#state !== "closed";
  }

  /** Both Close frames went over: the transport has no more to carry. */
  get isHandshakeDone(): boolean {
    return this.#received !== undefined && this.#sent !== undefined;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  get info(): CloseInfo {
    const { code, reason } = this.#received ?? NOTHING_RECEIVED;
    return {
      code,
      reason,
      received: this.#received,
      sent: this.#sent,
      receivedThenSent: this.isHandshakeDone ? this.#receivedFirst : undefined,
      fault: this.#fault,
    };
  }

  opened(): void {
    this.#move("handshakeDone");
  }

  closeAsked(status: CloseStatus): void {
    this.#asked = status;
    this.#move("closeAsked");
  }

  closeSent(status: CloseStatus): void {
    this.#sent = status;
    this.#receivedFirst = this.#received !== undefined;
    this.#move("closeSent");
  }

  closeReceived(status: CloseStatus): void {
    this.#received = status;
    this.#move("closeReceived");
  }

  /** Without a fault if the transport ended before the closing handshake. */
  failed(fault: ProtocolFault | undefined): void {
    this.#fault ??= fault;
    this.#hasFailed = true;
    this.#move("failed");
  }

  transportEnded(): void {
    this.#move("transportEnded");
  }

  #move(trigger: Trigger): void {
    this.#state = next(this.#state, trigger);
  }
}

const NOTHING_RECEIVED: CloseStatus = { code: CloseCode.ABNORMAL_CLOSURE, reason: "" };
