/**
 * The tests that are run over every transport of the server, and how vitest is told which.
 *
 * @module
 */

import { StepError } from "./step-error.mjs";

/** What the tests' servers use, read in `packages/hawser/test/support/transport-under-test.ts`. */
export const TRANSPORT_VARIABLE = "HAWSER_TEST_TRANSPORT";

/** Values of `serve()`'s option `transport`. */
export const TRANSPORTS = /** @type {const} */ (["auto", "stream", "handle"]);

/** Tests of a server on real sockets: of its behaviour, attacks, other libraries' clients, conformance. */
export const SERVER_TESTS = [
  "packages/hawser/test/server-",
  "packages/hawser/test/attacks-",
  "packages/hawser/test/interop-",
  "packages/hawser/test/fuzz-server",
  "conformance/server",
];

/** Set for tests without the processor's vector instructions; read in `packages/hawser/test/support/without-vectors.ts`. */
export const WITHOUT_VECTORS_VARIABLE = "HAWSER_TEST_WITHOUT_VECTORS";

/** Tests of what vector instructions are used for where they are there, and something else where they are not. */
export const CORE_TESTS = [
  "packages/hawser/src/bytes",
  "packages/hawser/src/protocol",
  "packages/hawser/src/extensions",
];

/** What depends on Node's version most: the transports themselves, and that the protocol is kept over each. */
export const TRANSPORT_TESTS = [
  "packages/hawser/src/node/stream-transport",
  "packages/hawser/src/node/shared-reads",
  "packages/hawser/src/node/direct-writes",
  "packages/hawser/src/node/handle-",
  "packages/hawser/src/node/tcp-handles",
  "packages/hawser/test/server-transport",
];

/**
 * What a command's words choose among `known`, in that order.
 *
 * @template {string} Word
 * @param {readonly string[]} words
 * @param {readonly Word[]} known
 * @param {readonly Word[]} fallback when there are no words
 * @returns {Word[]}
 * @throws {StepError} for a word that is none of them
 */
export function chosen(words, known, fallback) {
  const unknown = words.find((word) => !known.some((one) => one === word));
  if (unknown !== undefined) throw new StepError(`there is no ${unknown}. There are ${known.join(", ")}.`, 2);
  return words.length === 0 ? [...fallback] : known.filter((one) => words.includes(one));
}
