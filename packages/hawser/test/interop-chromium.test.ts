import { once } from "node:events";
import { createSecureServer, type ServerHttp2Session } from "node:http2";
import { type ServerConnection, serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "./support/certificates.ts";
import { within } from "./support/deadline.ts";
import { Arrivals } from "./support/interop/arrivals.ts";
import { ChromiumPeer } from "./support/interop/chromium-peer.ts";
import { interopContract } from "./support/interop/contract.ts";
import { describeWith } from "./support/programs.ts";
import { transportUnderTest } from "./support/transport-under-test.ts";

describeWith("chromium", "Chromium", () => {
  const peer = new ChromiumPeer();
  interopContract(peer);

  describe("pages", () => {
    /** Serves a page and WebSocket on one port, as origins are checked by default. */
    async function site() {
      const accepted = new Arrivals<ServerConnection>();
      const handler = async (ws: ServerConnection) => {
        accepted.push(ws);
        await ws.waitClosed();
      };
      const page = () =>
        new Response("<!doctype html><title>Site</title>", { headers: { "Content-Type": "text/html" } });
      const server = await serve(handler, {
        host: "127.0.0.1",
        ...transportUnderTest(),
        processRequest: (request) => (request.headers.has("Upgrade") ? undefined : page()),
      });
      onTestFinished(() => server.close());
      return { server, accepted, host: `127.0.0.1:${server.port}` };
    }

    test("a page connects to the server that it came from", async () => {
      const { host, accepted } = await site();
      const page = await peer.openPage(`http://${host}/`);
      onTestFinished(() => page.close());
      const theirs = await within("the page connects", peer.connectFrom(page, `ws://${host}/`));
      const ours = await within("our server accepts", accepted.next());
      expect(ours.request.headers.get("Origin")).toBe(`http://${host}`);
      await theirs.send("from the same origin");
      expect(await within("we receive", ours.recv())).toBe("from the same origin");
    });

    test("a page that came by HTTP/2 connects by HTTP/2, over the same TCP connection", async () => {
      const http2 = createSecureServer(certificate, (_request, response) => {
        response.setHeader("Content-Type", "text/html");
        response.end("<!doctype html><title>Site</title>");
      });
      const sessions = new Set<ServerHttp2Session>();
      http2.on("session", (session) => sessions.add(session.on("error", () => {})));
      http2.listen(0, "127.0.0.1");
      await once(http2, "listening");
      const accepted = new Arrivals<ServerConnection>();
      const server = await serve(
        async (ws) => {
          accepted.push(ws);
          await ws.waitClosed();
        },
        { server: http2 },
      );
      onTestFinished(async () => {
        await server.close();
        for (const session of sessions) session.destroy();
        http2.close();
      });
      const page = await peer.openPage(`https://127.0.0.1:${server.port}/`);
      onTestFinished(() => page.close());
      const theirs = await within("the page connects", peer.connectFrom(page, `wss://127.0.0.1:${server.port}/feed`));
      const ours = await within("our server accepts", accepted.next());
      expect(ours.request).toMatchObject({ method: "CONNECT", path: "/feed", httpVersion: "2.0" });
      expect(ours.extensions[0]?.name).toBe("permessage-deflate");
      expect(sessions.size).toBe(1);
      await theirs.send("by HTTP/2");
      expect(await within("we receive", ours.recv())).toBe("by HTTP/2");
      await ours.send("and back");
      expect(await within("it receives", theirs.receive())).toBe("and back");
    });

    test("a page from elsewhere is refused", async () => {
      const { host, server } = await site();
      const elsewhere = await site();
      const page = await peer.openPage(`http://${elsewhere.host}/`);
      onTestFinished(() => page.close());
      const attempt = peer.connectFrom(page, `ws://${host}/`);
      await expect(within("the page is refused", attempt)).rejects.toThrow("not opened: 1006");
      expect(server.metrics()).toMatchObject({ accepted: 0 });
    });

    test.each(["leaves its page", "reloads its page"])("a user who %s is going away", async (way) => {
      const { host, accepted } = await site();
      const page = await peer.openPage(`http://${host}/`);
      onTestFinished(() => page.close());
      await within("the page connects", peer.connectFrom(page, `ws://${host}/`));
      const ours = await within("our server accepts", accepted.next());
      await within("the page goes", way.startsWith("leaves") ? page.goto("about:blank") : page.reload());
      await within("we see the close", ours.waitClosed());
      expect(ours.closeCode).toBe(1001);
    });
  });
});
