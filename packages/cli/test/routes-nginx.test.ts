/** Routes through nginx, by generated configurations. */

import { describe } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { routeContract } from "./route-contract.ts";
import { startRoute } from "./support/generated-route.ts";

describeWith("nginx", "nginx", () => {
  describe.each([
    ["a port for each process", { listen: "ports" }],
    ["Unix sockets", { listen: "unix" }],
    ["TLS at the router", { tls: "router" }],
  ])("%s", (name, flags) => {
    routeContract({
      name: `nginx: ${name}`,
      start: (folder, port) => startRoute({ router: "nginx", flags }, folder, port),
      notices: "refuse",
      reloadCuts: "none",
      seen: "127.0.0.2",
    });
  });
});
