/** Traefik: its static file with the entry point, and a dynamic one with the service. */

import { stringify } from "yaml";
import { backendsOf, hostAndPort } from "../backends.ts";
import type { Deployment } from "../deployment.ts";
import { header } from "../header.ts";
import type { Target } from "../target.ts";
import { timingsOf } from "../timings.ts";

export const traefik: Target = {
  name: "traefik",
  summary: "Traefik 3: traefik.yaml, dynamic/<name>.yaml",
  generate: (deployment) => [
    { path: "traefik.yaml", text: yaml(staticOf(deployment), "The app believes X-Forwarded-For with trustProxy.") },
    { path: `dynamic/${deployment.name}.yaml`, text: yaml(dynamicOf(deployment)) },
  ],
  lint: ({ listen, http, tls, clientAddress }) => [
    ...(listen === "unix" ? ["listen must not be unix with traefik, which does not reach sockets."] : []),
    ...(http === "2"
      ? ["http must be 1.1 with traefik, whose WebSockets go to servers over HTTP/1.1 alone; got 2."]
      : []),
    ...(tls !== "app" && clientAddress === "proxy-protocol"
      ? ["clientAddress must be x-forwarded-for with traefik where it reads HTTP; got proxy-protocol."]
      : []),
  ],
};

function yaml(content: unknown, ...notes: readonly string[]): string {
  return `${header("traefik", "#", ...notes)}${stringify(content, { lineWidth: 0 })}`;
}

function duration(milliseconds: number): string {
  return `${milliseconds}ms`;
}

function staticOf(deployment: Deployment) {
  const { publicHost, publicPort, certificate, domains, notReady } = deployment;
  const { handshake, idle, routerGrace } = timingsOf(deployment);
  const place = hostAndPort({ host: publicHost === "*" ? "" : publicHost, port: publicPort });
  return {
    entryPoints: {
      clients: {
        address: place,
        transport: {
          // Of requests; connections that became WebSockets are not cut by them
          respondingTimeouts: { readTimeout: duration(handshake), idleTimeout: duration(idle) },
          // At its own end: first unready, then until connections are cut
          lifeCycle: { requestAcceptGraceTimeout: duration(notReady), graceTimeOut: duration(routerGrace) },
        },
      },
    },
    providers: { file: { directory: "dynamic", watch: true } },
    ...(certificate === "acme" && { certificatesResolvers: { acme: resolver(domains[0] ?? "localhost") } }),
  };
}

function resolver(domain: string) {
  return { acme: { email: `webmaster@${domain}`, storage: "acme.json", tlsChallenge: {} } };
}

function dynamicOf(deployment: Deployment) {
  return deployment.tls === "app" ? bytes(deployment) : web(deployment);
}

function web(deployment: Deployment) {
  const { name, domains, tls, certificate } = deployment;
  const { connect, probeInterval, probeTimeout } = timingsOf(deployment);
  const rule = domains.map((domain) => `Host(\`${domain}\`)`).join(" || ");
  const ending = tls === "router" && { tls: certificate === "acme" ? { certResolver: "acme" } : {} };
  const servers = urlsOf(deployment).map((url) => ({ url }));
  return {
    http: {
      routers: { [name]: { entryPoints: ["clients"], rule, service: name, ...ending } },
      services: {
        [name]: {
          loadBalancer: {
            // The less loaded of two at random
            strategy: "p2c",
            passHostHeader: true,
            serversTransport: name,
            healthCheck: { path: "/readyz", interval: duration(probeInterval), timeout: duration(probeTimeout) },
            servers,
          },
        },
      },
      serversTransports: { [name]: { forwardingTimeouts: { dialTimeout: duration(connect) } } },
    },
    ...certificates(deployment),
  };
}

function urlsOf(deployment: Deployment): readonly string[] {
  return addressesOf(deployment).map((address) => `http://${address}`);
}

function addressesOf(deployment: Deployment): readonly string[] {
  return backendsOf(deployment).flatMap((backend) => (backend.type === "tcp" ? [hostAndPort(backend)] : []));
}

function certificates({ tls, certificate }: Deployment) {
  if (tls !== "router" || typeof certificate !== "object") return {};
  return { tls: { certificates: [{ certFile: certificate.cert, keyFile: certificate.key }] } };
}

function bytes(deployment: Deployment) {
  const { name, domains } = deployment;
  const rule = domains.map((domain) => `HostSNI(\`${domain}\`)`).join(" || ");
  const servers = addressesOf(deployment).map((address) => ({ address }));
  return {
    tcp: {
      routers: { [name]: { entryPoints: ["clients"], rule, service: name, tls: { passthrough: true } } },
      services: { [name]: { loadBalancer: { proxyProtocol: { version: 2 }, servers } } },
    },
  };
}
