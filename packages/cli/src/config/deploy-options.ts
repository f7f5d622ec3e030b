/**
 * The section `deploy` of the configuration file: what routers and platforms must know of a service. `hawser generate`
 * takes each of them as a flag too.
 *
 * What the section `run` says already (workers, notReady, drainWindow, balance, admin) need not be said again.
 */

import { DNS_LABEL, domains, hosts } from "./deploy-grammars.ts";
import { choice, duration, or, size, text, wholeNumber } from "./grammar.ts";
import { type OptionTable, option, type Settings } from "./option-table.ts";
import { workerRange } from "./run-grammars.ts";

const port = wholeNumber({ least: 1, most: 65_535 });

/** Node itself needs some 40 MiB; less is a mistyped unit. */
const LEAST_MEMORY = 32 * 2 ** 20;

const PATH = "/[\\w./@+-]+";
const path = text({ placeholder: "<path>", expected: "an absolute path without spaces or quotes", pattern: PATH });

export const DEPLOY_OPTIONS = {
  name: option({
    grammar: text({
      placeholder: "<name>",
      expected: "up to 63 lower case letters, digits and dashes, a letter first",
      pattern: DNS_LABEL,
    }),
    default: undefined,
    help: "of the service; without it, the package's or the folder's",
    place: "top",
  }),
  entry: option({
    grammar: text({ placeholder: "<file>", expected: "the path of a program", pattern: "[\\w./@+][\\w./@+-]*" }),
    default: undefined,
    help: "the program that calls serve() (server.js)",
    place: "top",
  }),
  domains: option({ grammar: domains, default: ["localhost"], help: "under which clients connect" }),
  publicHost: option({
    grammar: text({ placeholder: "<address>", expected: "an address, or *", pattern: "(\\*|[0-9A-Fa-f.:]+)" }),
    default: "*",
    help: "where a router listens; *: everywhere",
  }),
  publicPort: option({
    grammar: or("auto", port),
    default: undefined,
    help: "where a router listens; auto: 443 where it ends TLS, else 80",
  }),
  hosts: option({
    grammar: hosts,
    default: ["127.0.0.1"],
    help: "the machines that run the app, as a router reaches them",
  }),
  port: option({ grammar: port, default: 8080, help: "that the app listens on; with listen: ports, the first one" }),
  adminPort: option({ grammar: port, default: 9464, help: "of hawser run's admin endpoint" }),
  workers: option({
    grammar: workerRange,
    default: { least: "auto", most: "auto" },
    help: "processes on each machine, or replicas; a range where something scales",
  }),
  listen: option({
    grammar: choice("port", "unix", "reuse-port", "ports"),
    default: "port",
    help: "how a router reaches them: all by one port, or each by a socket or a port of its own",
  }),
  http: option({
    grammar: choice("1.1", "2"),
    default: "1.1",
    help: "what the app speaks with its router; 2: it serves a server of node:http2 (RFC 8441)",
  }),
  user: option({
    grammar: text({ placeholder: "<user>", expected: "the name of a user", pattern: "[a-z_][a-z0-9_-]{0,30}" }),
    default: undefined,
    help: "as whom process managers run the app (<name>)",
  }),
  socketPattern: option({
    grammar: text({
      placeholder: "<path>",
      expected: "an absolute path with %d in it",
      pattern: "/[\\w./@+-]*%d[\\w./@+-]*",
    }),
    default: undefined,
    help: "the sockets of listen: unix; %d is the worker's number (/run/<name>/%d.sock)",
  }),
  tls: option({
    grammar: choice("router", "app", "none"),
    default: "none",
    help: "who ends TLS; app: a router passes it on unread",
  }),
  certificate: option({
    grammar: text({ placeholder: "<path|acme>", expected: "an absolute path, or acme", pattern: `(acme|${PATH})` }),
    default: undefined,
    help: "the certificate's chain, PEM; acme: the router or platform gets one by itself",
  }),
  certificateKey: option({ grammar: path, default: undefined, help: "its private key, PEM" }),
  clientAddress: option({
    grammar: choice("x-forwarded-for", "proxy-protocol"),
    default: "x-forwarded-for",
    help: "how a router says who the client is",
  }),
  pingInterval: option({ grammar: duration({ least: 1_000 }), default: 20_000, help: "as the app has it in serve()" }),
  pingTimeout: option({ grammar: duration({ least: 1_000 }), default: 20_000, help: "as the app has it in serve()" }),
  idleTimeout: option({
    grammar: duration({ least: 1_000 }),
    default: 75_000,
    help: "after which routers may end a silent connection",
  }),
  notReady: option({
    grammar: duration(),
    default: 5_000,
    help: "before it drains, /readyz says 503 for so long while connections are still taken",
  }),
  drainWindow: option({ grammar: duration(), default: 30_000, help: "over which connections are closed" }),
  closeTimeout: option({ grammar: duration({ least: 100 }), default: 10_000, help: "as the app has it in serve()" }),
  preStop: option({
    grammar: duration(),
    default: 5_000,
    help: "a platform that has such a hook waits for so long before SIGTERM",
  }),
  grace: option({
    grammar: or("auto", duration({ least: 1_000 })),
    default: undefined,
    help: "from the beginning of a stop until SIGKILL; auto: all of the above and 5s",
  }),
  connections: option({
    grammar: wholeNumber({ least: 1 }),
    default: 2_000,
    help: "for each process, where something scales",
  }),
  maxConnections: option({ grammar: wholeNumber({ least: 1 }), default: 10_000, help: "that a process may have" }),
  memory: option({ grammar: size({ least: LEAST_MEMORY }), default: 512 * 2 ** 20, help: "that a process may use" }),
  engine: option({
    grammar: choice("none", "redis", "nats"),
    default: "none",
    help: "that carries topics between processes",
  }),
  image: option({
    grammar: text({ placeholder: "<image>", expected: "the name of a container image", pattern: "\\w[\\w./:@-]*" }),
    default: undefined,
    help: "the container image (<name>:latest)",
  }),
  metric: option({
    grammar: text({ placeholder: "<name>", expected: "the name of a metric", pattern: "[a-zA-Z_:][a-zA-Z0-9_:]*" }),
    default: "websocket_connections_active",
    help: "the gauge of open connections, as exported",
  }),
} as const satisfies OptionTable;

export type DeploySettings = Settings<typeof DEPLOY_OPTIONS>;
