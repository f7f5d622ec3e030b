/** Routes through nghttpx, which speaks HTTP/2 on either side. It has no target: what it needs stands here. */

import { describe } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { backendsOf } from "../src/generate/backends.ts";
import type { Deployment } from "../src/generate/deployment.ts";
import type { GeneratedFile } from "../src/generate/target.ts";
import { routeContract } from "./route-contract.ts";
import { startRoute } from "./support/generated-route.ts";

function configuration(deployment: Deployment): readonly GeneratedFile[] {
  const { publicPort, http, idleTimeout } = deployment;
  const backends = backendsOf(deployment).flatMap((backend) =>
    backend.type === "tcp" ? [`backend=127.0.0.1,${backend.port};;${http === "2" ? "proto=h2" : ""}\n`] : [],
  );
  const patience = ["frontend-http2-read", "backend-read", "backend-write", "stream-read", "stream-write"];
  const text = `frontend=127.0.0.1,${publicPort};no-tls
${backends.join("")}add-x-forwarded-for=yes
strip-incoming-x-forwarded-for=yes
strip-incoming-forwarded=yes
workers=1
${patience.map((name) => `${name}-timeout=${idleTimeout}ms\n`).join("")}`;
  return [{ path: "nghttpx.conf", text }];
}

describeWith("nghttpx", "nghttpx", () => {
  describe.each([
    ["RFC 8441 to clients", {}, {}, { http2: true }],
    ["RFC 8441 to the app", { http: "2" }, { HTTP2: "1" }, {}],
    ["RFC 8441 on both sides", { http: "2" }, { HTTP2: "1" }, { http2: true }],
  ])("%s", (name, flags, environment, connect) => {
    routeContract({
      name: `nghttpx: ${name}`,
      start: (folder, port) =>
        startRoute({ router: "nghttpx", flags, environment, files: configuration }, folder, port),
      connect,
      watches: "answers",
      seen: "127.0.0.2",
    });
  });
});
