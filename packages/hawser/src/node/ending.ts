/**
 * How a connection ended, for counts and reports: who began it, and with which code.
 */

import { CloseCode } from "../protocol/close-code.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import type { Role } from "../protocol/settings.ts";

/** Whose Close frame came first; `"none"`: the TCP connection ended without any. */
export type CloseInitiator = Role | "none";

export interface Ending {
  readonly initiator: CloseInitiator;
  /** That of the Close frame that came first: 1011 for a client that was given up, though it never answered; 1006 without any. */
  readonly code: number;
}

/** `role` is ours. */
export function endingOf({ received, sent, receivedThenSent }: CloseInfo, role: Role): Ending {
  const isTheirs = receivedThenSent ?? received !== undefined;
  if (isTheirs && received !== undefined) {
    return { initiator: role === "server" ? "client" : "server", code: received.code };
  }
  if (sent !== undefined) return { initiator: role, code: sent.code };
  return { initiator: "none", code: CloseCode.ABNORMAL_CLOSURE };
}

/** A peer may send any of 2,000 codes of its own: they count as one each thousand. */
export function codeLabel(code: number): string {
  if (code < 3000) return String(code);
  return `${Math.floor(code / 1000)}xxx`;
}
