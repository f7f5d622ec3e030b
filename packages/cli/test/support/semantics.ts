/**
 * What must agree within generated text of any router: read from the text itself, so that a change in the text alone is
 * found. The programs check their grammar; they do not know the app.
 */

import { backendsOf, hostAndPort } from "../../src/generate/backends.ts";
import type { Deployment } from "../../src/generate/deployment.ts";

interface Expectation {
  readonly what: string;
  /** Its first group is the value; every match counts. */
  readonly pattern: RegExp;
  /** Milliseconds of one of the group's unit. @default 1 */
  readonly unit?: number;
}

/** Where each router's text has the times that must fit to the app's. */
const IDLE: Readonly<Record<string, readonly Expectation[]>> = {
  nginx: [
    { what: "proxy_read_timeout", pattern: /proxy_read_timeout (\d+)s;/g, unit: 1_000 },
    { what: "proxy_send_timeout", pattern: /proxy_send_timeout (\d+)s;/g, unit: 1_000 },
  ],
  haproxy: [{ what: "timeout tunnel", pattern: /timeout tunnel (\d+)ms/g }],
  caddy: [],
  apache: [
    { what: "ProxyTimeout", pattern: /ProxyTimeout (\d+)/g, unit: 1_000 },
    { what: "timeout", pattern: / timeout=(\d+)/g, unit: 1_000 },
  ],
  envoy: [{ what: "idle_timeout", pattern: /idle_timeout: ([\d.]+)s/g, unit: 1_000 }],
  traefik: [],
};

const STOP: Readonly<Record<string, Expectation>> = {
  supervisor: { what: "stopwaitsecs", pattern: /^stopwaitsecs=(\d+)$/gm, unit: 1_000 },
  systemd: { what: "TimeoutStopSec", pattern: /^TimeoutStopSec=(\d+)$/gm, unit: 1_000 },
};

/** A sentence for each thing that does not agree. */
export function semanticProblems(target: string, generated: string, deployment: Deployment): readonly string[] {
  // Comments may say what they like
  const text = generated.replace(/^\s*[#;].*\n/gm, "");
  return [
    ...(IDLE[target] ?? []).flatMap((one) => idleProblems(one, text, deployment)),
    ...(STOP[target] === undefined ? [] : stopProblems(STOP[target], text, deployment)),
    ...(target in IDLE ? placeProblems(text, deployment) : []),
    ...(target in IDLE && !text.includes("/readyz") && target !== "nginx" ? ["no health check asks /readyz"] : []),
  ];
}

function valuesOf({ pattern, unit = 1 }: Expectation, text: string): readonly number[] {
  return Array.from(text.matchAll(pattern), ([, digits]) => Number(digits) * unit);
}

function idleProblems(expected: Expectation, text: string, { pingInterval }: Deployment): readonly string[] {
  const values = valuesOf(expected, text);
  if (values.length === 0) return [`no ${expected.what}`];
  const short = values.filter((value) => value <= 2 * pingInterval);
  return short.map((value) => `${expected.what} of ${value} ms is not above two pings of ${pingInterval} ms`);
}

function stopProblems(expected: Expectation, text: string, deployment: Deployment): readonly string[] {
  const { notReady, drainWindow, closeTimeout } = deployment;
  const needed = notReady + drainWindow + closeTimeout;
  const values = valuesOf(expected, text);
  if (values.length === 0) return [`no ${expected.what}`];
  return values
    .filter((value) => value <= needed)
    .map((value) => `${expected.what} of ${value} ms is not above ${needed} ms`);
}

/** The places that the text names are those of the app, each once or more. */
function placeProblems(text: string, deployment: Deployment): readonly string[] {
  return backendsOf(deployment).flatMap((backend) => {
    const places = backend.type === "unix" ? [backend.path] : [hostAndPort(backend), `port_value: ${backend.port}`];
    const isThere = places.some((place) => new RegExp(`${place.replace(/[.[\]]/g, "\\$&")}(?!\\d)`).test(text));
    return isThere ? [] : [`${places[0]} is not there`];
  });
}
