/** Routes through nghttpx, which speaks HTTP/2 on either side. It has no target. */

import { describe } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { routeContract } from "./route-contract.ts";
import { startRoute } from "./support/generated-route.ts";
import { nghttpxFiles } from "./support/nghttpx.ts";

describeWith("nghttpx", "nghttpx", () => {
  describe.each([
    ["RFC 8441 to clients", {}, {}, { http2: true }],
    ["RFC 8441 to the app", { http: "2" }, { HTTP2: "1" }, {}],
    ["RFC 8441 on both sides", { http: "2" }, { HTTP2: "1" }, { http2: true }],
  ])("%s", (name, flags, environment, connect) => {
    routeContract({
      name: `nghttpx: ${name}`,
      start: (folder, port) => startRoute({ router: "nghttpx", flags, environment, files: nghttpxFiles }, folder, port),
      connect,
      watches: "answers",
      seen: "127.0.0.2",
    });
  });
});
