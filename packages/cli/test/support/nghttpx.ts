/** What nghttpx needs, which has no target: a configuration from a deployment. */

import { backendsOf } from "../../src/generate/backends.ts";
import type { Deployment } from "../../src/generate/deployment.ts";
import type { GeneratedFile } from "../../src/generate/target.ts";

export function nghttpxFiles(deployment: Deployment): readonly GeneratedFile[] {
  const { http, idleTimeout } = deployment;
  const backends = backendsOf(deployment).flatMap((backend) =>
    backend.type === "tcp" ? [`backend=127.0.0.1,${backend.port};;${http === "2" ? "proto=h2" : ""}\n`] : [],
  );
  const patience = ["frontend-http2-read", "backend-read", "backend-write", "stream-read", "stream-write"];
  const text = `${frontend(deployment)}
${backends.join("")}add-x-forwarded-for=yes
strip-incoming-x-forwarded-for=yes
strip-incoming-forwarded=yes
workers=1
${patience.map((name) => `${name}-timeout=${idleTimeout}ms\n`).join("")}`;
  return [{ path: "nghttpx.conf", text }];
}

function frontend({ publicPort, tls, certificate }: Deployment): string {
  const place = `frontend=127.0.0.1,${publicPort}`;
  if (tls !== "router" || typeof certificate !== "object") return `${place};no-tls`;
  return `${place}\nprivate-key-file=${certificate.key}\ncertificate-file=${certificate.cert}`;
}
