/**
 * The transport of the servers in tests: what `HAWSER_TEST_TRANSPORT` names, so that the same tests run over each.
 */

import type { ServeOptions } from "../../src/node/serve-options.ts";

/** For `serve()`, before the test's own options; nothing where these leave no choice. */
export function transportUnderTest(
  options: Pick<ServeOptions<never>, "tls" | "proxyProtocol" | "server"> = {},
): Pick<ServeOptions, "transport"> {
  const transport = process.env["HAWSER_TEST_TRANSPORT"] as ServeOptions["transport"];
  const hasChoice = [options.tls, options.proxyProtocol, options.server].every((option) => option === undefined);
  return transport !== undefined && hasChoice ? { transport } : {};
}
