/** A NATS server with JetStream of its own for a test; streams on disk outlive its end. */

import { type Engine, startEngine } from "./engine.ts";

export function startNats(): Promise<Engine> {
  return startEngine({
    path: "/usr/sbin/nats-server",
    scheme: "nats",
    args: (port, folder) => ["-a", "127.0.0.1", "-p", `${port}`, "-js", "-sd", folder],
    greeting: "",
    ready: /^INFO .*"jetstream":true/,
  });
}
