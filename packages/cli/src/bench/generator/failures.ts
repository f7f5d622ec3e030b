/** What went wrong, in few words: the same fault has the same words, so that it can be counted. */

import { HandshakeError } from "hawser";

/** Faults of this machine that somebody can mend, and how. */
const REMEDIES: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: "no local port is left for the server's address (EADDRNOTAVAIL): fewer clients, or --addresses",
  EMFILE: "no file descriptor is left (EMFILE): raise ulimit -n, or fewer clients",
  ENFILE: "the machine has no file descriptor left (ENFILE)",
  ECONNREFUSED: "connection refused (ECONNREFUSED): nobody listens, or the queue of the listening socket is full",
  ECONNRESET: "connection reset while opening (ECONNRESET)",
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted("it is signed by itself"),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted("its authority is signed by itself"),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted("its authority is unknown"),
  CERT_HAS_EXPIRED: untrusted("it has expired"),
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted("it is for another host"),
  ENOTFOUND: "the host is unknown (ENOTFOUND)",
};

function untrusted(why: string): string {
  return `the certificate is not trusted, ${why}: --insecure looks at none`;
}

/** Why a connection did not come about. */
export function openingFailure(error: unknown): string {
  if (!(error instanceof HandshakeError)) return describe(error);
  const { code, response } = error;
  if (response !== undefined) return `handshake refused with status ${response.status}`;
  if (code === "HANDSHAKE_TIMEOUT") return "handshake not done in time";
  return error.cause === undefined ? error.message : describe(error.cause);
}

function describe(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = inner as NodeJS.ErrnoException;
  return (code !== undefined ? REMEDIES[code] : undefined) ?? code ?? message ?? String(inner);
}
