import { describe, expect, test } from "vitest";
import { type ConnectOptions, resolveConnectOptions } from "./client-options.ts";
import { clientPerMessageDeflate } from "./compression.ts";
import { VERSION } from "./version.ts";

function offersOf(options: ConnectOptions): unknown {
  return resolveConnectOptions(options).extensions.map(({ name, offers }) => [name, offers]);
}

const DEFLATE = ["permessage-deflate", [[["client_max_window_bits", true]]]];

test("the defaults", () => {
  expect(resolveConnectOptions({})).toMatchObject({
    subprotocols: [],
    origin: null,
    userAgent: `hawser/${VERSION}`,
    tls: {},
    proxy: "environment",
    proxyTls: {},
    maxRedirects: 10,
    openTimeout: 10_000,
    signal: undefined,
    path: undefined,
    lookup: undefined,
    connection: { role: "client", maxSize: 1_048_576, pingInterval: 20_000, closeTimeout: 10_000 },
  });
});

describe("the offer", () => {
  test.each([
    ["by default", {}, [DEFLATE]],
    ["deflate", { compression: "deflate" }, [DEFLATE]],
    ["without compression", { compression: false }, []],
    ["a factory of one's own in its place", { extensions: [clientPerMessageDeflate()] }, [DEFLATE]],
    ["a factory, and nothing else", { extensions: [clientPerMessageDeflate()], compression: false }, [DEFLATE]],
  ] as const)("%s", (_name, options: ConnectOptions, expected) => {
    expect(offersOf(options)).toEqual(expected);
  });

  test("with options", () => {
    expect(offersOf({ compression: { serverMaxWindowBits: 10 } })).not.toEqual([DEFLATE]);
  });

  test("an extension of one's own goes before it", () => {
    const own = { name: "x-own", offers: [[]], agree: () => "no" };
    expect(offersOf({ extensions: [own] })).toEqual([["x-own", [[]]], DEFLATE]);
  });
});

test("a proxy", () => {
  expect(resolveConnectOptions({ proxy: null }).proxy).toBeNull();
  expect(resolveConnectOptions({ proxy: "socks5h://p" }).proxy).toMatchObject({ host: "p", port: 1080 });
  expect(resolveConnectOptions({ proxy: new URL("http://p") }).proxy).toMatchObject({ host: "p", port: 80 });
  expect(resolveConnectOptions({ path: "/run/s" }).proxy).toBeNull();
});

describe("refuses", () => {
  test.each([
    ["an unknown name", { subprotocol: "v1" }, 'there is no option "subprotocol", did you mean "subprotocols"?'],
    ["no options", null, "the options must be an object, got null"],
    ["CR LF in origin", { origin: "https://a\r\nX: y" }, "origin must be a string of ISO-8859-1 without control"],
    ["CR LF in userAgent", { userAgent: "a\r\nX: y" }, "userAgent must be a string of ISO-8859-1 without control"],
    ["CR LF in a header", { headers: { "X-A": "a\r\nX: y" } }, "its value must be a string of ISO-8859-1"],
    ["CR LF in a header's name", { headers: { "X-A\r\nX": "y" } }, "its name must be a token"],
    ["CR LF in a subprotocol", { subprotocols: ["a\r\nX: y"] }, "subprotocols must be tokens"],
    ["CR LF in a proxy", { proxy: "http://h\r\n" }, "proxy must be a valid URL"],
    ["a subprotocol twice", { subprotocols: ["a", "a"] }, "subprotocols must be distinct"],
    ["subprotocols that are no list", { subprotocols: "a" }, "subprotocols must be a list"],
    ["extensions that are no list", { extensions: "a" }, "extensions must be a list of factories"],
    [
      "extensions that are none",
      { extensions: [null] },
      "extensions must be made by client extension factories, got null",
    ],
    [
      "deflate twice",
      { extensions: [clientPerMessageDeflate()], compression: "deflate" },
      "must be either in extensions or",
    ],
    ["a compression that is none", { compression: "gzip" }, "compression must be false"],
    ["no compression by another name", { compression: null }, "compression must be false"],
    ["tls that is no object", { tls: true }, "tls must be options of node:tls, got true"],
    ["a certificate that is none", { tls: { cert: "x" } }, "tls must be options of node:tls: Error"],
    ["a proxy that is none", { proxy: false }, "proxy must be true, a URL or null, got false"],
    ["a proxy of another kind", { proxy: "ftp://h" }, "proxy must begin with http:"],
    ["a proxy before a Unix socket", { proxy: "http://h", path: "/s" }, "reached without a proxy"],
    ["half a redirect", { maxRedirects: 0.5 }, "maxRedirects must be an integer of at least 0"],
    ["no time", { openTimeout: 0 }, "openTimeout must be a positive number of milliseconds, got 0"],
    ["a signal that is none", { signal: {} }, "signal must be an AbortSignal"],
    ["an empty path", { path: "" }, "path must be the path of a Unix socket"],
    ["a look-up that is no function", { lookup: 1 }, "lookup must be a function, got 1"],
    ["a limit that is none", { maxSize: -1 }, "maxSize must be an integer of at least 1"],
  ])("%s", (_name, options, message) => {
    expect(() => resolveConnectOptions(options as unknown as ConnectOptions)).toThrow(message);
  });
});
