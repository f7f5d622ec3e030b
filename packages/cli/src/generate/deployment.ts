/** What every target is made from. Knows no file, and no router. */

/** No field is optional; times in milliseconds, sizes in bytes. */
export interface Deployment {
  /** A DNS label. @default the package's or the folder's name */
  readonly name: string;
  /** @default "server.js" */
  readonly entry: string;
  /** @default ["localhost"] */
  readonly domains: readonly string[];
  /** Where a router listens; `*`: on all addresses. @default "*" */
  readonly publicHost: string;
  /** @default 443 where the router ends TLS, 80 elsewhere */
  readonly publicPort: number;
  /** The machines that run the app. @default ["127.0.0.1"] */
  readonly hosts: readonly string[];
  /** That the app listens on; the first one where each worker has its own. @default 8080 */
  readonly port: number;
  /** @default 9464 */
  readonly adminPort: number;
  /** @default "auto" */
  readonly workers: number | "auto" | { readonly min: number; readonly max: number };
  /** How the workers of one machine are reached by its router. @default "port" */
  readonly listen: "port" | "unix" | "reuse-port" | "ports";
  /** What the app speaks with its router; `"2"`: a server of `node:http2`. @default "1.1" */
  readonly http: "1.1" | "2";
  /** As whom process managers run the app. @default name */
  readonly user: string;
  /** `%d` is the worker's number, from 1. @default "/run/<name>/%d.sock" */
  readonly socketPattern: string;
  /** Who ends TLS; `"app"`: the router passes it on unread. @default "none" */
  readonly tls: "router" | "app" | "none";
  /** PEM files; `"acme"`: the router or the platform gets one by itself. */
  readonly certificate: { readonly cert: string; readonly key: string } | "acme" | undefined;
  /** How the router says who the client is. @default "x-forwarded-for" */
  readonly clientAddress: "x-forwarded-for" | "proxy-protocol";
  /** @default 20_000 */
  readonly pingInterval: number;
  /** @default 20_000 */
  readonly pingTimeout: number;
  /** Of every router on the path; more than twice `pingInterval`. @default 75_000 */
  readonly idleTimeout: number;
  /** @default 5_000 */
  readonly notReady: number;
  /** @default 30_000 */
  readonly drainWindow: number;
  /** @default 10_000 */
  readonly closeTimeout: number;
  /** @default 5_000 */
  readonly preStop: number;
  /** Until SIGKILL. @default preStop + notReady + drainWindow + closeTimeout + 5_000 */
  readonly grace: number;
  /** For each process, the target of autoscaling. @default 2_000 */
  readonly connections: number;
  /** For each process, the limit. @default 10_000 */
  readonly maxConnections: number;
  /** That a process may use. @default 512 MiB */
  readonly memory: number;
  /** @default "none" */
  readonly engine: "none" | "redis" | "nats";
  /** The container image. @default "<name>:latest" */
  readonly image: string;
  /** The exported gauge of connections. @default "websocket_connections_active" */
  readonly metric: string;
}

/** Whether the router runs beside the app, and nobody else needs to reach it. */
export function isLocal({ hosts }: Pick<Deployment, "hosts">): boolean {
  return hosts.every((host) => ["127.0.0.1", "localhost", "::1"].includes(host));
}

/** A name to ask for: the first domain that is no pattern, or what a pattern stands below. */
export function mainDomain({ domains }: Pick<Deployment, "domains">): string {
  const [first = "localhost"] = domains;
  return domains.find((domain) => !domain.startsWith("*.")) ?? first.slice(2);
}

/** The most of a range, or the number itself. */
export function mostWorkers(workers: Exclude<Deployment["workers"], "auto">): number {
  return typeof workers === "number" ? workers : workers.max;
}
