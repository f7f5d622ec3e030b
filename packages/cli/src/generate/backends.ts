/** What a router sees of an app: one place for each worker that it can tell apart. */

import { type Deployment, mostWorkers } from "./deployment.ts";

export type Backend =
  | { readonly name: string; readonly type: "tcp"; readonly host: string; readonly port: number }
  | { readonly name: string; readonly type: "unix"; readonly path: string };

/** Workers count from 1, as those of `hawser run`. */
export function backendsOf({ name, hosts, listen, port, socketPattern, workers }: Deployment): readonly Backend[] {
  const count = (listen === "unix" || listen === "ports") && workers !== "auto" ? mostWorkers(workers) : 1;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const places = hosts.flatMap((host) => numbers.map((number) => ({ host, number })));
  return places.map(({ host, number }, index) => {
    const backend = `${name}-${index + 1}`;
    if (listen === "unix") {
      return { name: backend, type: "unix", path: socketPattern.replaceAll("%d", String(number)) };
    }
    return { name: backend, type: "tcp", host, port: port + number - 1 };
  });
}

/** `127.0.0.1:8080`, `[::1]:8080`. */
export function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Processes behind one backend: all of a machine where they share a port. */
export function connectionsOf({ listen, maxConnections, workers }: Deployment): number {
  const isShared = listen === "port" || listen === "reuse-port";
  return isShared && workers !== "auto" ? maxConnections * mostWorkers(workers) : maxConnections;
}

/** Of all backends together: what a router must have room for. */
export function allConnections(deployment: Deployment): number {
  return connectionsOf(deployment) * backendsOf(deployment).length;
}
