/** Routes through Caddy, by generated configurations. */

import { describe } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { routeContract } from "./route-contract.ts";
import { startRoute } from "./support/generated-route.ts";

describeWith("caddy", "caddy", () => {
  describe.each([
    ["a port for each process", {}],
    ["Unix sockets, TLS at the router", { listen: "unix", tls: "router" }],
  ])("%s", (name, flags) => {
    routeContract({
      name: `caddy: ${name}`,
      start: (folder, port) => startRoute({ router: "caddy", flags }, folder, port),
      notices: "unready",
      // Debian's 2.6 knows no stream_close_delay
      reloadCuts: "all",
      seen: "127.0.0.2",
    });
  });
});
