/** What `hawser doctor` finds of routes through real routers: nothing where they are set up well, and each planted mistake. */

import type { ServeOptions } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../hawser/test/support/engines/engine.ts";
import { describeWith } from "../../hawser/test/support/programs.ts";
import type { Finding } from "../src/doctor/finding.ts";
import { startCounterpart } from "../src/doctor/route/counterpart.ts";
import { examine } from "../src/doctor/route/examine.ts";
import { findRoute } from "../src/doctor/route/route.ts";
import { startRouter } from "./support/router.ts";

/** Lines of a router's configuration, each of which a test can take out or replace. */
type Lines = Readonly<Record<string, string>>;

const NGINX: Lines = {
  version: "proxy_http_version 1.1;",
  upgrade: "proxy_set_header Upgrade $http_upgrade;",
  connection: 'proxy_set_header Connection "upgrade";',
  host: "proxy_set_header Host $http_host;",
  address: "proxy_set_header X-Forwarded-For $remote_addr;",
  scheme: "proxy_set_header X-Forwarded-Proto $scheme;",
  timeout: "proxy_read_timeout 60s;",
  headers: "large_client_header_buffers 4 16k;",
};

function nginxConfiguration(lines: Lines, port: number, backend: number): string {
  return `daemon off; pid nginx.pid; worker_processes 1; error_log stderr error;
events { worker_connections 100; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port};
    ${lines["headers"]}
    location / {
      proxy_pass http://127.0.0.1:${backend};
      ${Object.entries(lines)
        .filter(([name]) => name !== "headers")
        .map(([, line]) => line)
        .join("\n      ")}
    }
  }
}
`;
}

const HAPROXY: Lines = {
  timeouts: "timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n  timeout tunnel 1h",
  forward: "option forwardfor",
  proxy: "",
  send: "",
};

function haproxyConfiguration(lines: Lines, port: number, backend: number): string {
  return `defaults
  mode http
  ${lines["timeouts"]}
frontend in
  bind 127.0.0.1:${port}
  ${lines["forward"]}
  ${lines["proxy"]}
  default_backend out
backend out
  server one 127.0.0.1:${backend} ${lines["send"]}
`;
}

const CADDY: Lines = { proxy: "" };

function caddyConfiguration(lines: Lines, port: number, backend: number): string {
  return `{
	admin off
	auto_https off
}
http://127.0.0.1:${port} {
	reverse_proxy 127.0.0.1:${backend} {
		${lines["proxy"]}
	}
}
`;
}

const CONFIGURATIONS = { nginx: nginxConfiguration, haproxy: haproxyConfiguration, caddy: caddyConfiguration };

/** All findings that are worse than a note, for a route through a router. */
async function diagnose(
  router: keyof typeof CONFIGURATIONS,
  lines: Lines,
  { server = {}, idle = 0 }: { server?: ServeOptions; idle?: number } = {},
): Promise<readonly Finding[]> {
  const counterpart = await startCounterpart({ host: "127.0.0.1", trustProxy: ["127.0.0.1"], ...server });
  onTestFinished(() => counterpart.close());
  const port = await freePort();
  await startRouter(router, CONFIGURATIONS[router](lines, port, counterpart.port), port);
  const route = await findRoute(new URL(`ws://127.0.0.1:${port}/feed`), { proxy: null });
  const findings = await examine(route, { idle, restart: 0, signal: new AbortController().signal, onCheck: () => {} });
  return findings.filter(({ level }) => level === "warning" || level === "problem");
}

type Case = readonly [
  mistake: string,
  lines: Lines,
  options: Parameters<typeof diagnose>[2],
  topic: string,
  advice: RegExp,
];

describeWith("nginx", "nginx", () => {
  test("a good configuration has nothing to mend", async () => {
    expect(await diagnose("nginx", NGINX, { idle: 1_500 })).toEqual([]);
  });

  test.each<Case>([
    ["the host is not passed", { ...NGINX, host: "" }, {}, "the host", /pass Host unchanged/],
    ["so pages of the site are refused", { ...NGINX, host: "" }, {}, "own origin", /must pass Host/],
    ["the address is not passed", { ...NGINX, address: "" }, {}, "the client's address", /X-Forwarded-For/],
    [
      "the router is not trusted",
      { ...NGINX, address: "proxy_set_header X-Forwarded-For 203.0.113.9;" },
      { server: { trustProxy: false } },
      "the client's address",
      /trustProxy/,
    ],
    [
      "extensions are removed",
      { ...NGINX, strip: 'proxy_set_header Sec-WebSocket-Extensions "";' },
      {},
      "compression",
      /removes Sec-WebSocket-Extensions/,
    ],
    [
      "Origin is removed",
      { ...NGINX, strip: 'proxy_set_header Origin "";' },
      {},
      "other origins",
      /must not remove Origin/,
    ],
    [
      "requests have little room",
      { ...NGINX, headers: "client_header_buffer_size 1k; large_client_header_buffers 2 2k;" },
      {},
      "large headers",
      /limit of a request's headers/,
    ],
    ["little patience", { ...NGINX, timeout: "proxy_read_timeout 2s;" }, { idle: 4_000 }, "idle connections", /40 s/],
    [
      "the scheme is another's",
      { ...NGINX, scheme: "proxy_set_header X-Forwarded-Proto https;" },
      {},
      "the scheme",
      /X-Forwarded-Proto/,
    ],
  ])("%s", { timeout: 20_000 }, async (_mistake, lines, options, topic, advice) => {
    const finding = (await diagnose("nginx", lines, options)).find((one) => one.topic === topic);
    expect(finding?.advice).toMatch(advice);
  });

  test.each([
    ["the upgrade is not passed", { ...NGINX, upgrade: "" }],
    ["HTTP/1.0 to the server", { ...NGINX, version: "proxy_http_version 1.0;" }],
  ])("%s: there is no route", async (_mistake, lines) => {
    await expect(diagnose("nginx", lines)).rejects.toThrow(/refused the handshake: (426|400)/);
  });
});

describeWith("haproxy", "haproxy", () => {
  test("a good configuration has nothing to mend, with headers and with the PROXY protocol", async () => {
    expect(await diagnose("haproxy", HAPROXY)).toEqual([]);
    const lines = { ...HAPROXY, forward: "", send: "send-proxy-v2" };
    expect(await diagnose("haproxy", lines, { server: { proxyProtocol: "required" } })).toEqual([]);
  });

  test.each<Case>([
    ["no address", { ...HAPROXY, forward: "" }, {}, "the client's address", /PROXY protocol/],
    [
      "no timeout of its own for tunnels",
      { ...HAPROXY, timeouts: "timeout connect 5s\n  timeout client 2s\n  timeout server 2s" },
      { idle: 4_000 },
      "idle connections",
      /pingInterval below 1_000/,
    ],
    [
      "the host is another's",
      { ...HAPROXY, proxy: "http-request set-header Host internal" },
      {},
      "the host",
      /pass Host unchanged/,
    ],
  ])("%s", { timeout: 20_000 }, async (_mistake, lines, options, topic, advice) => {
    const finding = (await diagnose("haproxy", lines, options)).find((one) => one.topic === topic);
    expect(finding?.advice).toMatch(advice);
  });
});

describeWith("caddy", "caddy", () => {
  test("a good configuration has nothing to mend", async () => {
    expect(await diagnose("caddy", CADDY, { idle: 1_500 })).toEqual([]);
  });

  test.each<Case>([
    [
      "the host is another's",
      { proxy: "header_up Host internal\n\t\theader_up -X-Forwarded-Host" },
      {},
      "the host",
      /pass Host unchanged/,
    ],
    ["Origin is removed", { proxy: "header_up -Origin" }, {}, "other origins", /must not remove Origin/],
    ["no address", { proxy: "header_up -X-Forwarded-For" }, {}, "the client's address", /X-Forwarded-For/],
    [
      "extensions are removed",
      { proxy: "header_up -Sec-WebSocket-Extensions" },
      {},
      "compression",
      /removes Sec-WebSocket-Extensions/,
    ],
  ])("%s", { timeout: 20_000 }, async (_mistake, lines, options, topic, advice) => {
    const finding = (await diagnose("caddy", lines, options)).find((one) => one.topic === topic);
    expect(finding?.advice).toMatch(advice);
  });
});

describe("without a router", () => {
  test("an application's server shows less, and nobody is accused", async () => {
    const { serve } = await import("hawser");
    const server = await serve((ws) => ws.waitClosed(), { host: "127.0.0.1" });
    onTestFinished(() => server.close());
    const route = await findRoute(new URL(`ws://127.0.0.1:${server.port}/`), { proxy: null });
    const findings = await examine(route, {
      idle: 200,
      restart: 0,
      signal: new AbortController().signal,
      onCheck: () => {},
    });
    expect(findings.map(({ topic, level }) => [topic, level])).toEqual([
      ["TLS", "note"],
      ["reach", "ok"],
      ["own origin", "ok"],
      ["other origins", "ok"],
      ["compression", "ok"],
      ["large headers", "ok"],
      ["idle connections", "ok"],
    ]);
  });

  test("nobody there is an error that says so", async () => {
    const port = await freePort();
    await expect(findRoute(new URL(`ws://127.0.0.1:${port}/`), { proxy: null })).rejects.toThrow(/ECONNREFUSED/);
  });
});
