/** Traefik: its static file with the entry point, and a dynamic one with the service. */

import { why, yamlText } from "../annotated-yaml.ts";
import { backendsOf, hostAndPort } from "../backends.ts";
import { type Deployment, mainDomain } from "../deployment.ts";
import { http2Problems } from "../edge.ts";
import { APP_ANSWERS, header } from "../header.ts";
import type { Target } from "../target.ts";
import { timingsOf } from "../timings.ts";

export const traefik: Target = {
  name: "traefik",
  summary: "Traefik 3: traefik.yaml, dynamic/<name>.yaml",
  generate: (deployment) => [
    {
      path: "traefik.yaml",
      text: yaml(staticOf(deployment), "The app believes X-Forwarded-For with trustProxy.", APP_ANSWERS),
    },
    { path: `dynamic/${deployment.name}.yaml`, text: yaml(dynamicOf(deployment)) },
  ],
  lint: (deployment) => [
    ...placeProblems(deployment),
    ...http2Problems(deployment, "traefik", "whose WebSockets go to servers over HTTP/1.1 alone"),
    ...certificateProblems(deployment),
  ],
};

function placeProblems({ listen, tls, clientAddress }: Deployment): readonly string[] {
  return [
    ...(listen === "unix" ? ["listen must not be unix with traefik, which does not reach sockets."] : []),
    ...(tls !== "app" && clientAddress === "proxy-protocol"
      ? ["clientAddress must be x-forwarded-for with traefik where it reads HTTP; got proxy-protocol."]
      : []),
  ];
}

function certificateProblems({ domains, certificate, publicPort }: Deployment): readonly string[] {
  const wildcard = domains.find((domain) => domain.startsWith("*"));
  return [
    ...(wildcard === undefined
      ? []
      : [`domains must be whole names with traefik, whose rules know no *; got ${wildcard}.`]),
    ...(certificate === "acme" && publicPort !== 443
      ? [`publicPort must be 443 with traefik and certificate: acme, where the authority asks; got ${publicPort}.`]
      : []),
  ];
}

function yaml(content: unknown, ...notes: readonly string[]): string {
  return yamlText(header("traefik", "#", ...notes), content);
}

function duration(milliseconds: number): string {
  return `${milliseconds}ms`;
}

function staticOf(deployment: Deployment) {
  const { publicHost, publicPort, certificate, notReady } = deployment;
  const { handshake, idle, routerGrace } = timingsOf(deployment);
  const place = hostAndPort({ host: publicHost === "*" ? "" : publicHost, port: publicPort });
  return {
    entryPoints: {
      clients: {
        address: place,
        transport: {
          respondingTimeouts: why(
            { readTimeout: duration(handshake), idleTimeout: duration(idle) },
            "Of requests; connections that became WebSockets are not cut by them.",
          ),
          lifeCycle: why(
            { requestAcceptGraceTimeout: duration(notReady), graceTimeOut: duration(routerGrace) },
            "At its own end: first unready, then until connections are cut.",
          ),
        },
      },
    },
    providers: { file: { directory: "dynamic", watch: true } },
    ...(certificate === "acme" && { certificatesResolvers: { acme: resolver(mainDomain(deployment)) } }),
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
      routers: { [name]: { entryPoints: ["clients"], rule, middlewares: [name], service: name, ...ending } },
      middlewares: {
        [name]: {
          headers: why(
            { customRequestHeaders: { Forwarded: "" } },
            "Traefik replaces X-Forwarded-* of clients; this one it would pass on.",
          ),
        },
      },
      services: {
        [name]: {
          loadBalancer: {
            strategy: why("p2c", "The less loaded of two at random."),
            passHostHeader: true,
            serversTransport: name,
            healthCheck: why(
              { path: "/readyz", interval: duration(probeInterval), timeout: duration(probeTimeout) },
              "A process that drains says 503 there and gets no new connections; those it has stay.",
            ),
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
