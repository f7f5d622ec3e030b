/** What reaches the server by a route: the client's address, the scheme, the host and the path. */

import type { Finding } from "../finding.ts";
import { readSeen, type Seen } from "./counterpart.ts";
import { ask, type Route } from "./route.ts";

export async function checkArrival(route: Route): Promise<Finding[]> {
  if (!route.hasCounterpart) return [];
  return route.with(async (ws) => {
    const seen = await ask(ws, { ask: "seen" }, readSeen);
    return [
      judgeAddress(seen, ws.localPort),
      judgeScheme(seen, route.url),
      judgeHost(seen, route.url),
      judgePath(seen, route.url),
    ];
  });
}

/** The client's own port shows that nobody stands between, or that the PROXY protocol tells whom the router speaks for. */
function judgeAddress({ remoteAddress, remotePort, headers }: Seen, clientPort: number | undefined): Finding {
  const topic = "the client's address";
  const found = `the server sees ${remoteAddress}`;
  if (remotePort === clientPort) return { topic, level: "ok", found: `${found}, port ${remotePort}` };
  const forwarded = headerValue(headers, "x-forwarded-for") ?? headerValue(headers, "forwarded");
  if (forwarded === undefined) {
    const advice =
      "Have the router set X-Forwarded-For or send the PROXY protocol, and trust it (trustProxy, proxyProtocol). Behind NAT without a router, that is as it should be.";
    return {
      topic,
      level: "warning",
      found: `${found}, by another connection than the client's, and no header`,
      advice,
    };
  }
  if (remoteAddress !== undefined && forwarded.includes(remoteAddress)) {
    return { topic, level: "ok", found: `${found}, as the router says` };
  }
  const advice = "Name the router in the server's option trustProxy.";
  return { topic, level: "warning", found: `${found}, but the router says ${forwarded}`, advice };
}

function judgeScheme({ isSecure }: Seen, { protocol }: URL): Finding {
  const topic = "the scheme";
  const isRight = isSecure === (protocol === "wss:");
  const found = `the server takes it for ${isSecure ? "wss" : "ws"}`;
  if (isRight) return { topic, level: "ok", found };
  const advice = "Have the router set X-Forwarded-Proto, and name it in trustProxy: origins are compared with it.";
  return { topic, level: "warning", found: `${found}, it is ${protocol.slice(0, -1)}`, advice };
}

function judgeHost({ headers }: Seen, { host }: URL): Finding {
  const topic = "the host";
  const seen = headerValue(headers, "host");
  if (seen === host) return { topic, level: "ok", found: `the server is asked for ${seen}` };
  const forwarded = headerValue(headers, "x-forwarded-host");
  if (forwarded === host) return { topic, level: "ok", found: `the server is asked for ${seen}, for ${forwarded}` };
  const advice = "Have the router pass Host unchanged: origins are compared with it.";
  return { topic, level: "problem", found: `the server is asked for ${seen}, the client asked for ${host}`, advice };
}

function judgePath({ path }: Seen, { pathname, search }: URL): Finding {
  const topic = "the path";
  const asked = `${pathname}${search}`;
  if (path === asked) return { topic, level: "ok", found: path };
  return { topic, level: "note", found: `the client asks for ${asked}, the server is asked for ${path}` };
}

function headerValue(headers: Seen["headers"], name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1];
}
