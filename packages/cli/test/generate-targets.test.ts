/** Every target: the same bytes as those that are kept, passed by its own program, and no planted mistake passes. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { describeWith, type ProgramName } from "../../hawser/test/support/programs.ts";
import type { GeneratedFile } from "../src/generate/target.ts";
import { writeFiles } from "../src/generate/write.ts";
import { deployment } from "./support/deployment.ts";
import { temporaryFolder } from "./support/folder.ts";
import { filesOf, placeCertificate } from "./support/generated-route.ts";
import { expectGolden } from "./support/golden.ts";
import { expectMutationsFound, type Mutation } from "./support/mutations.ts";
import { programProblems, type RouterName } from "./support/router.ts";
import { semanticProblems } from "./support/semantics.ts";
import { ENVOY, TRAEFIK, TRAEFIK_DYNAMIC } from "./support/shapes.ts";
import { structureProblems } from "./support/structure.ts";
import { sectionProblems } from "./support/supervisor-file.ts";

type Flags = Readonly<Record<string, string>>;

const PORTS: Flags = { listen: "ports", workers: "3", domains: "chat.example,www.chat.example" };
const UNIX: Flags = { listen: "unix", workers: "2", domains: "chat.example" };
const SCALED: Flags = { workers: "2..8", domains: "chat.example" };
const ENDING: Flags = {
  ...PORTS,
  tls: "router",
  certificate: "/etc/tls/chat.pem",
  certificateKey: "/etc/tls/chat.pem.key",
};
const PASSING: Flags = {
  ...PORTS,
  tls: "app",
  clientAddress: "proxy-protocol",
  certificate: "/etc/tls/chat.pem",
  certificateKey: "/etc/tls/chat.pem.key",
};

describe.each<[string, Readonly<Record<string, Flags>>]>([
  ["nginx", { ports: PORTS, unix: UNIX, tls: ENDING }],
  ["haproxy", { ports: PORTS, unix: UNIX, tls: ENDING, passthrough: PASSING, http2: { ...PORTS, http: "2" } }],
  ["caddy", { ports: PORTS, unix: UNIX, tls: ENDING, acme: { ...PORTS, tls: "router", certificate: "acme" } }],
  ["apache", { ports: PORTS, tls: ENDING }],
  [
    "envoy",
    {
      ports: PORTS,
      unix: { ...UNIX, clientAddress: "proxy-protocol" },
      tls: { ...ENDING, http: "2" },
      passthrough: PASSING,
    },
  ],
  [
    "traefik",
    { ports: PORTS, tls: ENDING, passthrough: PASSING, acme: { ...PORTS, tls: "router", certificate: "acme" } },
  ],
  ["supervisor", { ports: PORTS, unix: UNIX, "reuse-port": { ...PORTS, listen: "reuse-port" }, run: SCALED }],
  [
    "systemd",
    {
      ports: PORTS,
      unix: UNIX,
      "reuse-port": { ...PORTS, listen: "reuse-port" },
      run: SCALED,
      single: { workers: "1" },
    },
  ],
])("%s", (target, variants) => {
  test.each(Object.entries(variants))("%s: as it is kept", (variant, flags) => {
    expectGolden(`${target}/${variant}`, filesOf(target, deployment(flags)));
  });
});

/** What each target cannot do is refused with a reason. */
test.each<[string, Flags, RegExp]>([
  ["nginx", { clientAddress: "proxy-protocol" }, /does not send the PROXY protocol/],
  ["nginx", { tls: "router", certificate: "acme" }, /gets none by itself/],
  ["nginx", { http: "2" }, /does not speak RFC 8441/],
  ["haproxy", { tls: "router", certificate: "acme" }, /gets none by itself/],
  ["haproxy", { tls: "router", certificate: "/a.pem", certificateKey: "/b.key" }, /must be \/a\.pem\.key/],
  ["caddy", { http: "2" }, /over HTTP\/1\.1 alone/],
  ["caddy", { clientAddress: "proxy-protocol" }, /from 2\.7 on/],
  ["apache", UNIX, /do not reach sockets/],
  ["apache", { clientAddress: "proxy-protocol" }, /does not send the PROXY protocol/],
  ["apache", { tls: "router", certificate: "acme" }, /mod_md/],
  ["apache", { http: "2" }, /does not speak RFC 8441/],
  ["envoy", { tls: "router", certificate: "acme" }, /gets none by itself/],
  ["traefik", UNIX, /does not reach sockets/],
  ["traefik", { http: "2" }, /HTTP\/1\.1 alone/],
  ["traefik", { clientAddress: "proxy-protocol" }, /where it reads HTTP/],
  ["supervisor", { listen: "reuse-port" }, /must be a number with supervisor/],
  ["systemd", { listen: "reuse-port" }, /must be a number with systemd/],
])("%s refuses %o", (target, flags, message) => {
  expect(() => filesOf(target, deployment(flags))).toThrow(message);
});

/** By its own program, and by what must agree; a mistake must be found by either. */
function problemsWith(
  router: RouterName,
  flags: Flags,
  changed: (files: readonly GeneratedFile[]) => readonly GeneratedFile[],
) {
  const folder = temporaryFolder();
  placeCertificate(folder);
  const certificate = join(folder, "certificate.pem");
  const own = flags["tls"] === "router" ? { certificate, certificateKey: `${certificate}.key` } : {};
  const described = deployment({ maxConnections: "2000", ...flags, ...own });
  const files = changed(filesOf(router, described));
  const text = files.map((file) => file.text).join("\n");
  return [...programProblems(router, files, folder), ...semanticProblems(router, text, described)];
}

const MUTATIONS = {
  nginx: [
    { mistake: "a timeout below two pings", from: "proxy_read_timeout 75s", to: "proxy_read_timeout 30s" },
    { mistake: "a misspelt key", from: "least_conn;", to: "least_con;" },
    { mistake: "a wrong port", from: "127.0.0.1:8081", to: "127.0.0.1:8091" },
    { mistake: "a bracket too few", from: /\}\n$/, to: "\n" },
  ],
  haproxy: [
    { mistake: "a timeout below two pings", from: "timeout tunnel 75000ms", to: "timeout tunnel 30000ms" },
    { mistake: "a misspelt key", from: "balance leastconn", to: "balance leastcon" },
    { mistake: "a wrong port", from: "127.0.0.1:8081", to: "127.0.0.1:8091" },
    { mistake: "a health check of another path", from: "uri /readyz", to: "uri /ready" },
  ],
  caddy: [
    { mistake: "a misspelt key", from: "lb_policy", to: "lb_polcy" },
    { mistake: "a time that is none", from: "health_interval 2000ms", to: "health_interval 2000mz" },
    { mistake: "a wrong port", from: "127.0.0.1:8081", to: "127.0.0.1:8091" },
    { mistake: "a health check of another path", from: "health_uri /readyz", to: "health_uri /ready" },
  ],
  apache: [
    { mistake: "a timeout below two pings", from: "ProxyTimeout 75", to: "ProxyTimeout 30" },
    { mistake: "a misspelt key", from: "lbmethod=bybusyness", to: "lbmethod=bybusynes" },
    { mistake: "a wrong port", from: "127.0.0.1:8081", to: "127.0.0.1:8091" },
    { mistake: "a misspelt parameter", from: "hcinterval", to: "hcintervall" },
  ],
} as const satisfies Partial<Record<RouterName, readonly Mutation[]>>;

describe.each(Object.keys(MUTATIONS) as (keyof typeof MUTATIONS)[])("%s itself", (router) => {
  describeWith(router satisfies ProgramName, "checks what is generated", () => {
    test.each<[string, Flags]>([
      ["ports", PORTS],
      ["TLS", { ...PORTS, tls: "router" }],
      ["one port", {}],
      ["an address and several machines", { publicHost: "127.0.0.1", hosts: "127.0.0.2,127.0.0.3" }],
      ["IPv6", { hosts: "2001:db8::1,::1" }],
      ["a name that means something elsewhere", { ...PORTS, name: "http", domains: "*.chat.example,on" }],
      ...(router === "apache" ? [] : ([["sockets", UNIX]] satisfies [string, Flags][])),
      ...(router === "haproxy"
        ? ([["bytes", { ...PORTS, tls: "app", clientAddress: "proxy-protocol" }]] satisfies [string, Flags][])
        : []),
    ])("%s", (_name, flags) => {
      expect(problemsWith(router, flags, (files) => files)).toEqual([]);
    });

    test("and finds mistakes", async () => {
      const file = filesOf(router, deployment({ ...PORTS, maxConnections: "2000" })).at(-1)!;
      await expectMutationsFound(file.text, MUTATIONS[router], (text) =>
        problemsWith(router, PORTS, (files) => [...files.slice(0, -1), { path: file.path, text }]),
      );
    });
  });
});

describeWith("systemd", "systemd itself", () => {
  function verify(files: readonly GeneratedFile[], flags: Flags): readonly string[] {
    const folder = temporaryFolder();
    writeFiles(files, folder);
    const units = files.map(({ path }) => join(folder, path));
    const { stderr } = spawnSync("/usr/bin/systemd-analyze", ["verify", ...units], { encoding: "utf8" });
    const text = files.map((file) => file.text).join("\n");
    return [
      ...stderr.split("\n").filter((line) => line.includes(folder)),
      ...semanticProblems("systemd", text, deployment(flags)),
    ];
  }

  test.each([PORTS, UNIX, SCALED, { workers: "1" }])("%o", (flags) => {
    expect(verify(filesOf("systemd", deployment(flags)), flags)).toEqual([]);
  });

  test.each([
    ["/run/chat/%d.sock", "chat"],
    ["/run/apps/chat/%d.sock", "apps/chat"],
    ["/run/chat/%d/socket", "chat/%i"],
  ])("sockets at %s are in a folder that a router enters", (socketPattern, folder) => {
    const [, service] = filesOf("systemd", deployment({ ...UNIX, socketPattern }));
    expect(service!.text).toContain(`\nRuntimeDirectory=${folder}\n`);
    // systemd would make it below /run/private, which is root's alone
    expect(service!.text).not.toMatch(/^DynamicUser=yes/m);
  });

  test("an app in somebody's home is not hidden from itself", () => {
    const [, service] = filesOf("systemd", deployment({ entry: join("/home", "me", "server.js") }));
    expect(service!.text).toContain("\nProtectHome=read-only\n");
  });

  test("and a wrong port is found", async () => {
    const [socket] = filesOf("systemd", deployment(SCALED));
    const mutations = [{ mistake: "a wrong port", from: "127.0.0.1:8080", to: "127.0.0.1:8081" }];
    const { port } = deployment(SCALED);
    await expectMutationsFound(socket!.text, mutations, (text) =>
      text.includes(`\nListenStream=127.0.0.1:${port}\n`) ? [] : ["the socket is not the app's"],
    );
  });

  test("and finds mistakes", async () => {
    const [socket, service] = filesOf("systemd", deployment(SCALED));
    await expectMutationsFound(
      service!.text,
      [
        { mistake: "a misspelt key", from: "TimeoutStopSec", to: "TimeoutStpSec" },
        { mistake: "a time that cuts the drain", from: "TimeoutStopSec=50", to: "TimeoutStopSec=30" },
        { mistake: "a relative program", from: "ExecStart=/usr/bin/env", to: "ExecStart=./env" },
      ],
      (text) => verify([socket!, { path: service!.path, text }], SCALED),
    );
  });
});

describe("supervisor", () => {
  const check = (text: string, flags: Flags) => [
    ...sectionProblems(text, deployment(flags)),
    ...semanticProblems("supervisor", text, deployment(flags)),
  ];

  test.each([PORTS, UNIX, SCALED, { workers: "1" }, { ...PORTS, listen: "reuse-port" }])("%o", (flags) => {
    expect(check(filesOf("supervisor", deployment(flags))[0]!.text, flags)).toEqual([]);
  });

  test("mistakes", async () => {
    const [file] = filesOf("supervisor", deployment(PORTS));
    await expectMutationsFound(
      file!.text,
      [
        { mistake: "a stop that cuts the drain", from: "stopwaitsecs=50", to: "stopwaitsecs=10" },
        { mistake: "a misspelt key", from: "stopwaitsecs", to: "stopwaitsec" },
        { mistake: "a wrong port", from: "numprocs_start=8080", to: "numprocs_start=8081" },
        { mistake: "a process too few", from: "numprocs=3", to: "numprocs=2" },
        { mistake: "another variable", from: "PORT=", to: "PROT=" },
      ],
      (text) => check(text, PORTS),
    );
  });
});

describe("envoy and traefik, whose programs are not at hand, by structure", () => {
  test.each([PORTS, ENDING, { ...UNIX, clientAddress: "proxy-protocol" }, { ...PORTS, http: "2" }])(
    "envoy: %o",
    (flags) => {
      const [file] = filesOf("envoy", deployment(flags));
      expect([
        ...structureProblems(file!.text, ENVOY),
        ...semanticProblems("envoy", file!.text, deployment(flags)),
      ]).toEqual([]);
    },
  );

  test("envoy: an app that ends TLS is asked for its health by TLS, behind the PROXY header", () => {
    const [file] = filesOf("envoy", deployment(PASSING));
    const [cluster] = parse(file!.text).static_resources.clusters;
    const [{ match, transport_socket: socket }] = cluster.transport_socket_matches;
    expect(cluster.health_checks[0].transport_socket_match_criteria).toEqual(match);
    expect(socket.name).toBe("envoy.transport_sockets.upstream_proxy_protocol");
    expect(socket.typed_config.transport_socket.name).toBe("envoy.transport_sockets.tls");
    expect(cluster.transport_socket.typed_config.transport_socket.name).toBe("envoy.transport_sockets.raw_buffer");
  });

  test("envoy: mistakes", async () => {
    const described = deployment(PORTS);
    const [file] = filesOf("envoy", described);
    await expectMutationsFound(
      file!.text,
      [
        { mistake: "a timeout below two pings", from: "idle_timeout: 75s", to: "idle_timeout: 30s" },
        { mistake: "a route that ends WebSockets", from: "timeout: 0s", to: "timeout: 15s" },
        { mistake: "a misspelt key", from: "upgrade_configs", to: "upgrade_config" },
        { mistake: "a wrong port", from: "port_value: 8081", to: "port_value: 8091" },
        { mistake: "a misspelt type", from: "HttpConnectionManager", to: "HttpConectionManager" },
      ],
      (text) => [...structureProblems(text, ENVOY), ...semanticProblems("envoy", text, described)],
    );
  });

  test.each([PORTS, ENDING, { ...PORTS, tls: "router", certificate: "acme" }])("traefik: %o", (flags) => {
    const [main, dynamic] = filesOf("traefik", deployment(flags));
    expect(structureProblems(main!.text, TRAEFIK)).toEqual([]);
    expect(structureProblems(dynamic!.text, TRAEFIK_DYNAMIC)).toEqual([]);
  });

  test("traefik: mistakes", async () => {
    const described = deployment(PORTS);
    const [main, dynamic] = filesOf("traefik", described);
    await expectMutationsFound(
      main!.text,
      [
        { mistake: "a misspelt key", from: "graceTimeOut", to: "graceTimeout" },
        { mistake: "a time that is none", from: "idleTimeout: 75000ms", to: "idleTimeout: soon" },
      ],
      (text) => structureProblems(text, TRAEFIK),
    );
    await expectMutationsFound(
      dynamic!.text,
      [
        { mistake: "a misspelt key", from: "passHostHeader", to: "passHostheader" },
        { mistake: "a wrong port", from: "127.0.0.1:8081", to: "127.0.0.1:8091" },
        { mistake: "a health check of another path", from: "path: /readyz", to: "path: /ready" },
      ],
      (text) => [...structureProblems(text, TRAEFIK_DYNAMIC), ...semanticProblems("traefik", text, described)],
    );
  });
});
