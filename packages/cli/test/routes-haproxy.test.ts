/** Routes through HAProxy, by generated configurations. */

import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { routeContract } from "./route-contract.ts";
import { startRoute } from "./support/generated-route.ts";

const CERTIFICATE = fileURLToPath(new URL("../../hawser/test/support/certificates/localhost.pem", import.meta.url));

describeWith("haproxy", "haproxy", () => {
  describe.each([
    ["a port for each process", {}, {}, {}],
    ["the PROXY protocol", { clientAddress: "proxy-protocol" }, { PROXY_PROTOCOL: "1" }, {}],
    [
      "TLS that the app ends",
      { tls: "app", clientAddress: "proxy-protocol" },
      { PROXY_PROTOCOL: "1", TLS: CERTIFICATE },
      {},
    ],
    ["RFC 8441 to clients", { tls: "router" }, {}, { http2: true }],
    ["RFC 8441 to the app", { http: "2" }, { HTTP2: "1" }, {}],
  ])("%s", (name, flags, environment, connect) => {
    routeContract({
      name: `haproxy: ${name}`,
      start: (folder, port) => startRoute({ router: "haproxy", flags, environment }, folder, port),
      connect,
      notices: "unready",
      reloadCuts: "none",
      seen: "127.0.0.2",
    });
  });
});
