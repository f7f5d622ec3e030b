/**
 * Browsers over TLS through routers, by generated configurations: what a page and its WebSockets travel over, and that
 * everything comes through. Each browser reaches the router by a relay, which sees how many TCP connections it opens.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { within } from "../../hawser/test/support/deadline.ts";
import type { BrowserPage, BrowserPeer } from "../../hawser/test/support/interop/browser-peer.ts";
import { chromiumPeer } from "../../hawser/test/support/interop/chromium-peer.ts";
import { firefoxPeer } from "../../hawser/test/support/interop/firefox-peer.ts";
import type { PeerClose, PeerConnection } from "../../hawser/test/support/interop/peer.ts";
import { relayTo } from "../../hawser/test/support/interop/relay.ts";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { figure, type Route } from "./route-contract.ts";
import { freePorts } from "./support/free-ports.ts";
import { filesOf, type GeneratedRoute, startRoute } from "./support/generated-route.ts";
import { nghttpxFiles } from "./support/nghttpx.ts";

interface Case extends Pick<GeneratedRoute, "router" | "environment" | "files"> {
  readonly name: string;
  readonly flags?: Readonly<Record<string, string>>;
  /** Of the page, as browsers name it. */
  readonly page: "http/1.1" | "h2";
  /** Of HTTP, that the WebSocket was opened with. */
  readonly webSocket: "1.1" | "2";
}

const HTTP2_APP = { flags: { http: "2" }, environment: { HTTP2: "1" } };

/** The generated files with what their users may add. */
function edited(target: string, text: string, replacement: string): NonNullable<GeneratedRoute["files"]> {
  return (deployment) =>
    filesOf(target, deployment).map((file) => ({ path: file.path, text: file.text.replace(text, replacement) }));
}

const NGINX_HTTP2 = edited("nginx", " ssl;", " ssl http2;");
const APACHE_HTTP2 = edited("apache", "SSLEngine on\n", "SSLEngine on\nProtocols h2 http/1.1\nH2WebSockets on\n");

const CASES: readonly Case[] = [
  { name: "nginx", router: "nginx", page: "http/1.1", webSocket: "1.1" },
  { name: "nginx, http2", router: "nginx", page: "h2", webSocket: "1.1", files: NGINX_HTTP2 },
  { name: "apache", router: "apache", page: "http/1.1", webSocket: "1.1" },
  { name: "apache, H2WebSockets", router: "apache", page: "h2", webSocket: "2", files: APACHE_HTTP2 },
  { name: "caddy", router: "caddy", page: "h2", webSocket: "1.1" },
  { name: "haproxy", router: "haproxy", page: "h2", webSocket: "2" },
  { name: "haproxy, HTTP/2 to the app", router: "haproxy", page: "h2", webSocket: "2", ...HTTP2_APP },
  { name: "nghttpx", router: "nghttpx", page: "h2", webSocket: "2", files: nghttpxFiles },
  {
    name: "nghttpx, HTTP/2 to the app",
    router: "nghttpx",
    page: "h2",
    webSocket: "2",
    files: nghttpxFiles,
    ...HTTP2_APP,
  },
];

/** One without compression, one with. */
const APPS = 2;

/** Of each browser's, so that each of the apps has some. */
const WEB_SOCKETS = 6;

const BROWSERS = [chromiumPeer(), firefoxPeer()];

/** The last one is of 1 MiB. */
const MESSAGES = ["", "Grüße", Uint8Array.of(0, 1, 2), "0123456789abcde\n".repeat(2 ** 16)];

interface Visit {
  readonly browser: string;
  readonly page: BrowserPage;
  readonly connections: readonly PeerConnection[];
  /** TCP connections for them. */
  readonly opened: number;
}

/** A page of the app's, and WebSockets from it. */
async function visit(peer: BrowserPeer, route: Route): Promise<Visit> {
  const browser = peer.name;
  const { port, passed } = await relayTo(Number(new URL(route.url).port));
  const page = await within(`${browser} loads a page`, peer.openPage(`https://localhost:${port}/who`));
  onTestFinished(() => page.close());
  const before = passed.connections;
  const opening = Array.from({ length: WEB_SOCKETS }, () => peer.connectFrom(page, `wss://localhost:${port}/feed`));
  const connections = await within(`${browser} opens WebSockets`, Promise.all(opening));
  return { browser, page, connections, opened: passed.connections - before };
}

const PROTOCOL_OF_PAGE = `performance.getEntriesByType("navigation")[0].nextHopProtocol`;

async function expectWay({ browser, page, opened }: Visit, expected: Case): Promise<void> {
  const pageProtocol = await page.evaluate(PROTOCOL_OF_PAGE);
  figure(`${expected.name}: ${browser}`, { page: pageProtocol, webSockets: WEB_SOCKETS, opened });
  expect(pageProtocol, browser).toBe(expected.page);
  if (expected.webSocket === "2") expect(opened, browser).toBe(0);
  else expect(opened, browser).toBeGreaterThanOrEqual(WEB_SOCKETS);
}

/** By one connection with compression and one without. */
async function converse({ browser, connections }: Visit): Promise<void> {
  const names = connections.map(({ extensions }) => extensions.split(";")[0]);
  expect(new Set(names), browser).toEqual(new Set(["", "permessage-deflate"]));
  const both = ["", "permessage-deflate"].map((extension) => connections[names.indexOf(extension)]!);
  await Promise.all(both.map((connection) => echoAndClose(browser, connection)));
}

async function echoAndClose(browser: string, connection: PeerConnection): Promise<void> {
  for (const message of MESSAGES) {
    await within(`${browser} sends`, connection.send(message));
    expect(await within(`${browser} receives`, connection.receive()), browser).toEqual(message);
  }
  await within(`${browser} closes`, connection.close(4000, "done"));
  const close = await within(`${browser} sees its close`, connection.closed());
  expect(close, browser).toEqual({ code: 4000, reason: "done" });
}

async function closesOf({ browser, connections }: Visit): Promise<readonly PeerClose[]> {
  return within(`${browser} sees all close`, Promise.all(connections.map((connection) => connection.closed())));
}

describeWith("chromium", "browsers through routers: Chromium", () => {
  describeWith("firefox", "and Firefox", () => {
    beforeAll(() => Promise.all(BROWSERS.map((browser) => browser.start())));
    afterAll(() => Promise.all(BROWSERS.map((browser) => browser.stop())));

    for (const one of CASES) {
      const { name, page, webSocket, flags, ...more } = one;
      describeWith(more.router, name, () => {
        let folder: string;
        let route: Route;
        beforeAll(async () => {
          folder = mkdtempSync(join(tmpdir(), "hawser-browsers-"));
          const environmentOf = (number: number) => ({ COMPRESSION: number === 1 ? "none" : "deflate" });
          const all = { ...more, flags: { tls: "router", ...flags }, count: APPS, environmentOf };
          route = await startRoute(all, folder, await freePorts());
        });
        afterAll(async () => {
          await route?.stop();
          rmSync(folder, { recursive: true, force: true });
        });

        test(`pages by ${page}, WebSockets by HTTP/${webSocket}; echoes; SIGTERM is seen as 1001`, async () => {
          const visits = await Promise.all(BROWSERS.map((browser) => visit(browser, route)));
          for (const visited of visits) await expectWay(visited, one);
          await Promise.all(visits.map(converse));
          await Promise.all(route.apps.map((app) => app.end("SIGTERM")));
          const codes = (await Promise.all(visits.map(closesOf))).flat().map(({ code }) => code);
          // Two of each browser's had closed before
          expect(codes.filter((code) => code !== 4000)).toEqual(Array(BROWSERS.length * (WEB_SOCKETS - 2)).fill(1001));
        });
      });
    }
  });
});
