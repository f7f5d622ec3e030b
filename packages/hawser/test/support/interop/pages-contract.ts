/**
 * Part of the interoperability contract, for browsers: pages, and the server that they came from.
 */

import { once } from "node:events";
import { createSecureServer, type ServerHttp2Session } from "node:http2";
import { type ServeOptions, type Server, type ServerConnection, serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "../certificates.ts";
import { within } from "../deadline.ts";
import { transportUnderTest } from "../transport-under-test.ts";
import { Arrivals } from "./arrivals.ts";
import type { BrowserPage, BrowserPeer } from "./browser-peer.ts";

export interface PagesTraits {
  /** How it opens a WebSocket to a server that speaks both, and that no page of its came from. */
  readonly fromElsewhere: "1.1" | "2.0";
}

export function pagesContract(peer: BrowserPeer, { fromElsewhere }: PagesTraits): void {
  async function openPage(url: string): Promise<BrowserPage> {
    const page = await within("the page loads", peer.openPage(url));
    onTestFinished(() => page.close());
    return page;
  }

  describe.each([
    ["HTTP/1.1", async () => ["http", {}] as const, { method: "GET", httpVersion: "1.1" }],
    ["TLS", async () => ["https", { tls: certificate }] as const, { method: "GET", httpVersion: "1.1" }],
    [
      "HTTP/2",
      async () => ["https", { server: await http2Server() }] as const,
      { method: "CONNECT", httpVersion: "2.0" },
    ],
  ])("a page that came by %s", (_name, carrier, request) => {
    test.each(["deflate", false] as const)(
      "converses alike, compression %s, and sees the server go",
      async (compression) => {
        const [scheme, options] = await carrier();
        const { server, accepted, url, feed } = await site(scheme, { ...options, compression });
        const page = await openPage(url);
        const theirs = await within("the page connects", peer.connectFrom(page, feed));
        const ours = await within("our server accepts", accepted.next());
        expect(ours.request).toMatchObject({ ...request, path: "/feed" });
        expect(ours.request.headers.get("Origin")).toBe(new URL(url).origin);
        expect(ours.extensions.map(({ name }) => name)).toEqual(compression ? ["permessage-deflate"] : []);
        for (const message of MESSAGES) {
          await within("it sends", theirs.send(message));
          expect(await within("we receive", ours.recv())).toEqual(message);
          await ours.send(message);
          expect(await within("it receives", theirs.receive())).toEqual(message);
        }
        await within("our server closes", server.close({ reason: "maintenance" }));
        expect(await within("the page sees it", theirs.closed())).toEqual({ code: 1001, reason: "maintenance" });
      },
    );
  });

  test("over HTTP/2, the page and its WebSockets share one TCP connection", async () => {
    const http2 = await http2Server();
    const { url, feed, server } = await site("https", { server: http2 });
    const page = await openPage(url);
    for (let count = 0; count < 3; count++) await within("the page connects", peer.connectFrom(page, feed));
    expect(server.connections.size).toBe(3);
    expect(http2.sessions.size).toBe(1);
  });

  test(`a page from elsewhere, with no session to share, connects by HTTP/${fromElsewhere}`, async () => {
    const { feed, accepted } = await site("https", { server: await http2Server(), origins: "any" });
    const page = await openPage((await site("https", { server: await http2Server() })).url);
    await within("the page connects", peer.connectFrom(page, feed));
    const { request } = await within("our server accepts", accepted.next());
    expect(request.httpVersion).toBe(fromElsewhere);
  });

  test("a page from elsewhere is refused", async () => {
    const { feed, server } = await site("http");
    const page = await openPage((await site("http")).url);
    const attempt = peer.connectFrom(page, feed);
    await expect(within("the page is refused", attempt)).rejects.toThrow("not opened: 1006");
    expect(server.metrics()).toMatchObject({ accepted: 0 });
  });

  test.each(["leaves its page", "reloads its page"])("a user who %s is going away", async (way) => {
    const { url, feed, accepted } = await site("http");
    const page = await openPage(url);
    await within("the page connects", peer.connectFrom(page, feed));
    const ours = await within("our server accepts", accepted.next());
    await within("the page goes", way.startsWith("leaves") ? page.goto("about:blank") : page.reload());
    await within("we see the close", ours.waitClosed());
    expect(ours.closeCode).toBe(1001);
  });
}

interface Site {
  readonly server: Server;
  readonly accepted: Arrivals<ServerConnection>;
  /** Of its page. */
  readonly url: string;
  /** Of its WebSocket. */
  readonly feed: string;
}

/** The last one is of 1 MiB. */
const MESSAGES = ["Grüße", Uint8Array.of(0, 1, 2), "0123456789abcde\n".repeat(2 ** 16)];

const PAGE = "<!doctype html><title>Site</title>";
const HTML = { "Content-Type": "text/html" };

/** A page and WebSocket on one port, as origins are checked by default. */
async function site(scheme: "http" | "https", options: ServeOptions = {}): Promise<Site> {
  const accepted = new Arrivals<ServerConnection>();
  const handler = async (ws: ServerConnection) => {
    accepted.push(ws);
    await ws.waitClosed();
  };
  const server = await serve(handler, {
    processRequest: ({ url }) => (url.pathname === "/feed" ? undefined : new Response(PAGE, { headers: HTML })),
    ...(options.server === undefined && { host: "127.0.0.1" }),
    ...transportUnderTest(options),
    ...options,
  });
  onTestFinished(() => server.close());
  const host = `127.0.0.1:${server.port}`;
  return { server, accepted, url: `${scheme}://${host}/`, feed: `${scheme.replace("http", "ws")}://${host}/feed` };
}

/** Of one's own, with pages, on a free port; it counts its sessions. */
async function http2Server() {
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    if (request.method !== "CONNECT") response.writeHead(200, HTML).end(PAGE);
  });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session.on("error", () => {})));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return Object.assign(server, { sessions });
}
