/** What a platform cannot do is refused with a sentence: key, rule, value. */

import { expect, test } from "vitest";
import { deployment } from "../../../test/support/deployment.ts";
import { TARGETS } from "./index.ts";

const TLS_APP = { tls: "app", certificate: "/tls/a", certificateKey: "/tls/b", clientAddress: "proxy-protocol" };

const ACME = { tls: "router", certificate: "acme", domains: "chat.example" };

test.each<readonly [string, Readonly<Record<string, string>>, RegExp]>([
  ["aws", { idleTimeout: "5000s" }, /^idleTimeout must be from 1s to 4000s for an ALB, got 5000s\.$/],
  ["aws", { idleTimeout: "50s", clientAddress: "proxy-protocol" }, /from 60s to 6000s for an NLB, got 50s\.$/],
  ["aws", { drainWindow: "1h" }, /^grace without preStop must be at most 3595s on AWS, .* got 3620s\.$/],
  [
    "aws",
    { clientAddress: "proxy-protocol", tls: "router", certificate: "/a", certificateKey: "/b", pingInterval: "3m" },
    /^pingInterval must be below half of 350s for an NLB that ends TLS, .* got 3m\.$/,
  ],
  ["apache", TLS_APP, /^tls must be router or none with apache, which reads HTTP; got app\.$/m],
  ["caddy", TLS_APP, /^tls must be router or none with caddy, which reads HTTP; got app\.$/],
  ["nginx", TLS_APP, /^tls must be router or none with nginx, which reads HTTP; got app\.$/],
  ["consul", { pingInterval: "30m" }, /^pingInterval must be below half of 1h with Consul, .* got 30m\.$/],
  ["istio", TLS_APP, /^tls must be router or none with Istio, where the router ends it; got app\.$/m],
  ["linkerd", TLS_APP, /^tls must be router or none with Linkerd, where the router ends it; got app\.$/m],
  ["kubernetes", { name: "n".repeat(58) }, /^name must have at most 57 characters on Kubernetes, .* got 58\.$/],
  ["gcp", { name: "n".repeat(45) }, /^name must have at most 44 characters on Google Cloud, .* got 45\.$/],
  ["gcp", { ...ACME, domains: "*.chat.example" }, /^domains must be whole names on Google Cloud, .* got \*\.chat/],
  ["kubernetes", { notReady: "1s" }, /^notReady must be 0, or at least 2s on Kubernetes, .* got 1s\.$/],
  [
    "systemd",
    { listen: "unix", workers: "2", socketPattern: "/srv/chat/%d.sock" },
    /^socketPattern must be within a folder of \/run with systemd, .* got \/srv\/chat\/%d\.sock\.$/,
  ],
  [
    "systemd",
    { listen: "unix", workers: "2", socketPattern: "/run/%d.sock" },
    /^socketPattern must be within a folder/,
  ],
  ["traefik", { domains: "*.chat.example" }, /^domains must be whole names with traefik, .* got \*\.chat\.example\.$/],
  [
    "traefik",
    { ...ACME, publicPort: "8443" },
    /^publicPort must be 443 with traefik and certificate: acme, .* got 8443/,
  ],
  ["docker", { listen: "unix", workers: "2" }, /^listen must be port or reuse-port in a container, .* got unix\.$/],
  ["consul", { listen: "ports", workers: "2" }, /^listen must be port or reuse-port with Consul, .* got ports\.$/],
  ["fly", { drainWindow: "10m" }, /^grace without preStop must be at most 300s on Fly\.io, .* got 620s\.$/],
  ["fly", { clientAddress: "proxy-protocol" }, /^clientAddress must be x-forwarded-for on Fly\.io, /],
  ["gcp", { drainWindow: "90s" }, /^grace without preStop must be below 90s on Google Cloud, .* got 110s\.$/],
  ["gcp", { idleTimeout: "2d" }, /^idleTimeout must be at most 86400s on Google Cloud, got 172800s\.$/],
  ["heroku", { pingInterval: "30s" }, /^pingInterval must be below half of 55s on Heroku, .* got 30s\.$/],
  ["heroku", { closeTimeout: "29s" }, /^closeTimeout must leave room within 30s on Heroku, .* got 29s\.$/],
  ["heroku", { engine: "nats" }, /^engine must be none or redis on Heroku, .* got nats\.$/],
  ["koyeb", TLS_APP, /^tls must be router or none on Koyeb, where the router ends it; got app\.$/m],
  ["kubernetes", TLS_APP, /^tls must be router or none on Kubernetes, where the router ends it; got app\.$/m],
  ["render", { drainWindow: "10m" }, /^grace without preStop must be at most 300s on Render, .* got 620s\.$/],
  ["render", { engine: "nats" }, /^engine must be none or redis on Render, .* got nats\.$/],
])("%s refuses %j", (name, flags, expected) => {
  const target = TARGETS.find((one) => one.name === name)!;
  expect(target.lint?.(deployment(flags)).join("\n")).toMatch(expected);
});
