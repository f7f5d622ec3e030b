/** Routes through Apache httpd, by generated configurations. */

import { describe } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { routeContract } from "./route-contract.ts";
import { startRoute } from "./support/generated-route.ts";

describeWith("apache", "apache", () => {
  describe.each([
    ["a port for each process", {}],
    ["TLS at the router", { tls: "router" }],
  ])("%s", (name, flags) => {
    routeContract({
      name: `apache: ${name}`,
      start: (folder, port) => startRoute({ router: "apache", flags }, folder, port),
      notices: "unready",
      reloadCuts: "none",
      seen: "127.0.0.2",
    });
  });
});
