import { HandshakeError } from "hawser";
import { expect, test } from "vitest";
import { openingFailure } from "./failures.ts";

function caused(code: string): HandshakeError {
  return new HandshakeError("CONNECT_FAILED", "Cannot connect", { cause: Object.assign(new Error("x"), { code }) });
}

test.each([
  [
    caused("EADDRNOTAVAIL"),
    "no local port is left for the server's address (EADDRNOTAVAIL): fewer clients, or --addresses",
  ],
  [caused("EMFILE"), "no file descriptor is left (EMFILE): raise ulimit -n, or fewer clients"],
  [caused("CERT_HAS_EXPIRED"), "the certificate is not trusted, it has expired: --insecure looks at none"],
  [caused("EPIPE"), "EPIPE"],
  [new HandshakeError("HANDSHAKE_TIMEOUT", "Cannot connect in time"), "handshake not done in time"],
  [new HandshakeError("HANDSHAKE_INVALID", "The answer is no HTTP"), "The answer is no HTTP"],
  [
    new AggregateError([Object.assign(new Error("y"), { code: "ECONNRESET" })]),
    "connection reset while opening (ECONNRESET)",
  ],
])("%s: %s", (error, words) => {
  expect(openingFailure(error)).toBe(words);
});
