import { createServer } from "node:http";
import { serve, serverPerMessageDeflate } from "hawser";
import { describe, expect, test } from "vitest";
import { certificate } from "./support/certificates.ts";
import { echo } from "./support/serving.ts";

/** What callers without types may pass. */
const serveAnything = serve as (...parameters: unknown[]) => Promise<unknown>;

const server = createServer();

describe("a value that is not allowed", () => {
  test.each<[options: object, action: string]>([
    [{ port: -1 }, "port must be an integer from 0 to 65535, got -1"],
    [{ port: "80" }, "port must be an integer from 0 to 65535, got 80"],
    [{ port: 65_536 }, "port must be an integer from 0 to 65535, got 65536"],
    [{ host: 5 }, "host must be a string that is not empty, got 5"],
    [{ host: "" }, 'host must be a string that is not empty, got ""'],
    [{ path: "" }, 'path must be a string that is not empty, got ""'],
    [{ path: 5 }, "path must be a string that is not empty, got 5"],
    [{ path: "/nowhere", mode: "rw" }, 'mode must be a file mode from 0 to 0o777, got "rw"'],
    [{ path: "/nowhere", mode: 0o1777 }, "mode must be a file mode from 0 to 0o777, got 1023"],
    [{ fd: -1 }, "fd must be a file descriptor, got -1"],
    [{ fd: Number.POSITIVE_INFINITY }, "fd must be a file descriptor, got Infinity"],
    [{ server: {} }, "server must be an HTTP server of Node's, got [object Object]"],
    [{ server: null }, "server must be an HTTP server of Node's, got null"],
    [{ server, pathname: "chat" }, 'pathname must be a path that begins with "/", without a query, got "chat"'],
    [{ server, pathname: "/chat?x" }, 'pathname must be a path that begins with "/", without a query, got "/chat?x"'],
    [{ reusePort: "yes" }, 'reusePort must be a boolean, got "yes"'],
    [{ backlog: 0 }, "backlog must be an integer of at least 1, or Infinity, got 0"],
    [{ tls: "certificate" }, 'tls must be options of node:tls, got "certificate"'],
    [{ tls: null }, "tls must be options of node:tls, got null"],
    [{ origins: "https://a.test" }, 'origins must be "same-origin", "any" or a list, got "https://a.test"'],
    [{ origins: ["a.test"] }, 'origins must be like "https://example.org"'],
    [{ subprotocols: "chat" }, 'subprotocols must be a list of names, got "chat"'],
    [{ subprotocols: ["chat", "chat"] }, 'subprotocols must be distinct, got "chat"'],
    [{ subprotocols: ["a b"] }, 'subprotocols must be tokens, got "a b"'],
    [{ selectSubprotocol: "chat" }, 'selectSubprotocol must be a function, got "chat"'],
    [{ compression: "gzip" }, 'compression must be false, "deflate" or permessage-deflate options, got "gzip"'],
    [{ compression: true }, 'compression must be false, "deflate" or permessage-deflate options, got true'],
    [{ extensions: {} }, "extensions must be a list of factories such as serverPerMessageDeflate(), got"],
    [{ extensions: [{}] }, "extensions must be a list of factories such as serverPerMessageDeflate(), got"],
    [
      { extensions: [serverPerMessageDeflate()], compression: "deflate" },
      "permessage-deflate must be either in extensions or in compression, got it in both",
    ],
    [{ processRequest: "x" }, 'processRequest must be a function, got "x"'],
    [{ processResponse: 5 }, "processResponse must be a function, got 5"],
    [{ serverHeader: "a\r\nSet-Cookie: b" }, "serverHeader must be a string of ISO-8859-1 without control characters"],
    [{ serverHeader: 5 }, "serverHeader must be a string of ISO-8859-1 without control characters, or null, got"],
    [{ openTimeout: 0 }, "openTimeout must be a positive number of milliseconds, got 0"],
    [{ openTimeout: "10s" }, 'openTimeout must be a positive number of milliseconds, got "10s"'],
    [{ pingInterval: 0 }, "pingInterval must be a positive number of milliseconds or null, got 0"],
    [{ pingTimeout: -1 }, "pingTimeout must be a positive number of milliseconds or null, got -1"],
    [{ closeTimeout: Number.NaN }, "closeTimeout must be a positive number of milliseconds, got NaN"],
    [{ maxSize: 0 }, "maxSize must be an integer of at least 1, or Infinity, got 0"],
    [{ maxFragmentSize: 1.5 }, "maxFragmentSize must be an integer of at least 1, or Infinity, got 1.5"],
    [{ maxFragments: "x" }, 'maxFragments must be an integer of at least 1, or Infinity, got "x"'],
    [{ maxQueue: 0 }, "maxQueue must be an integer of at least 1, or Infinity, got 0"],
    [{ maxQueue: { high: 4, low: 4 } }, "maxQueue.low must be less than maxQueue.high, got 4 and 4"],
    [{ maxQueue: { hihg: 4, low: 1 } }, 'in maxQueue: there is no option "hihg", did you mean "high"?'],
    [{ readLimit: 0 }, "readLimit must be an integer of at least 1, or Infinity, got 0"],
    [{ writeLimit: -5 }, "writeLimit must be an integer of at least 1, or Infinity, got -5"],
    [{ slowConsumer: { maxBuffered: 0 } }, "slowConsumer.maxBuffered must be an integer of at least 1"],
    [{ slowConsumer: { stall: 0 } }, "slowConsumer.stall must be a positive number of milliseconds, got 0"],
    [{ slowConsumer: { policy: "drop" } }, 'slowConsumer.policy must be "close" or "skip", got "drop"'],
    [{ maxConnections: 0 }, "maxConnections must be an integer of at least 1, or Infinity, got 0"],
    [{ maxConnectionsPerAddress: "x" }, "maxConnectionsPerAddress must be an integer of at least 1, or Infinity"],
    [{ trustProxy: "router" }, "trustProxy must have addresses"],
    [{ trustProxy: -1 }, "trustProxy must be an integer of at least 0 if it is a number, got -1"],
    [{ proxyProtocol: "on" }, 'proxyProtocol must be "off" or "optional" or "required", got "on"'],
    [{ maxLineLength: 0 }, "maxLineLength must be an integer of at least 1, or Infinity, got 0"],
    [{ maxHeaders: 0 }, "maxHeaders must be an integer of at least 1, or Infinity, got 0"],
    [{ maxHeaderSize: 0 }, "maxHeaderSize must be an integer of at least 1, or Infinity, got 0"],
    [{ transport: "fast" }, 'transport must be "auto" or "stream" or "handle", got "fast"'],
    [{ signal: {} }, "signal must be an AbortSignal, got [object Object]"],
    [{ logger: {} }, "logger must have the methods debug, info, warn and error; debug is missing"],
  ])("%o", async (options, message) => {
    await expect(serveAnything(echo, options)).rejects.toThrow(`Cannot serve: ${message}`);
  });

  test.each<[options: object, message: string]>([
    [{ compression: { level: 99 } }, "Cannot set up permessage-deflate: level must be an integer from 1 to 9, got 99"],
    [{ compression: { windowBits: 9 } }, 'Cannot set up permessage-deflate: there is no option "windowBits"'],
  ])("%o", async (options, message) => {
    await expect(serveAnything(echo, options)).rejects.toThrow(message);
  });

  test.each([
    [5, "5"],
    [null, "null"],
  ])("options that are %s", async (options, shown) => {
    await expect(serveAnything(echo, options)).rejects.toThrow(
      `Cannot serve: the options must be an object, got ${shown}`,
    );
  });
});

describe("options that exclude each other", () => {
  test.each<[options: object, message: string]>([
    [{ port: 0, path: "/nowhere" }, "a server listens in one place, got the options port and path"],
    [{ server, fd: 3, port: 0 }, "a server listens in one place, got the options port and fd and server"],
    [{ pathname: "/chat" }, "pathname needs the option server, got port; answer 404 in processRequest instead"],
    [{ mode: 0o600 }, "mode needs the option path, got port"],
    [{ path: "/nowhere", host: "127.0.0.1" }, "host needs the option port, got path"],
    [{ path: "/nowhere", reusePort: true }, "reusePort needs the option port, got path"],
    [{ server, reusePort: true }, "reusePort needs the option port, got server"],
    [{ server, tls: certificate }, "tls needs the option port or path or fd, got server"],
    [{ server, proxyProtocol: "required" }, "proxyProtocol needs the option port or path or fd, got server"],
    [
      { path: "/nowhere", tls: certificate, proxyProtocol: "required" },
      "tls and proxyProtocol together need the option port, got path",
    ],
  ])("%o", async (options, message) => {
    await expect(serveAnything(echo, options)).rejects.toThrow(`Cannot serve: ${message}`);
    expect(server.listenerCount("upgrade")).toBe(0);
  });
});

test.each([
  ["pingIntervall", "pingInterval"],
  ["compress", "compression"],
  ["hostname", "host"],
  ["maxConnection", "maxConnections"],
  ["subProtocols", "subprotocols"],
  ["openTimeOut", "openTimeout"],
])("there is no option %s, but %s", async (name, nearest) => {
  await expect(serveAnything(echo, { [name]: 1 })).rejects.toThrow(
    `Cannot serve: there is no option "${name}", did you mean "${nearest}"?`,
  );
});

test.each([
  [undefined, "undefined"],
  [null, "null"],
  ["echo", "string"],
  [{ open: () => {} }, "object"],
])("a handler that is %o", async (handler, shown) => {
  await expect(serveAnything(handler)).rejects.toThrow(
    `Cannot serve: the handler must be a function or an object with a message method, got ${shown}`,
  );
});
