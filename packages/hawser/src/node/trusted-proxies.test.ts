import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { resolveForwarded, resolveTrust, type TrustProxyOption } from "./trusted-proxies.ts";

const PEER = "10.0.0.9";

function resolve(
  lines: readonly (readonly [string, string])[],
  trustProxy: TrustProxyOption,
  peer: string | undefined = PEER,
) {
  const endpoints = { localAddress: "10.0.0.1", localPort: 80, remoteAddress: peer, remotePort: 9, isSecure: false };
  return resolveForwarded(new HttpHeaders(lines), endpoints, resolveTrust("serve", trustProxy));
}

function addressOf(lines: readonly (readonly [string, string])[], trustProxy: TrustProxyOption): string | undefined {
  return resolve(lines, trustProxy).remoteAddress;
}

const XFF = "X-Forwarded-For";

describe("trustProxy", () => {
  const chain = [[XFF, "203.0.113.7, 192.168.0.3, 10.0.0.2"]] as const;

  test.each([
    [false, PEER],
    [0, PEER],
    [1, "10.0.0.2"],
    [2, "192.168.0.3"],
    [3, "203.0.113.7"],
    [99, "203.0.113.7"],
    [true, "203.0.113.7"],
    ["10.0.0.9", "10.0.0.2"],
    ["10.0.0.0/8", "192.168.0.3"],
    ["uniquelocal", "203.0.113.7"],
    [" 10.0.0.0/8,192.168.0.0/24 ", "203.0.113.7"],
    [["10.0.0.9", "192.168.0.3"], "10.0.0.2"],
    [["loopback", "linklocal"], PEER],
    [[], PEER],
    ["0.0.0.0/0", "203.0.113.7"],
    [(address: string) => address.startsWith("10."), "192.168.0.3"],
    [() => "yes" as never, PEER],
    [
      () => {
        throw new Error("no");
      },
      PEER,
    ],
  ] as [TrustProxyOption, string][])("%j leads to %s", (trustProxy, expected) => {
    expect(addressOf(chain, trustProxy)).toBe(expected);
  });

  test.each([
    ["127.8.0.1", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:10.0.0.1", "10.0.0.0/8"],
    ["169.254.1.1", "linklocal"],
    ["fe80::1%eth0", "linklocal"],
    ["fd00::1", "uniquelocal"],
    ["172.31.0.1", "uniquelocal"],
    ["2001:db8::5", "2001:DB8::/32"],
    ["2001:db8::5", "2001:db8:0::5"],
    [undefined, 1],
    [undefined, true],
  ] as [string | undefined, TrustProxyOption][])("the peer %s is trusted by %j", (peer, trustProxy) => {
    const found = resolveForwarded(
      new HttpHeaders([[XFF, "203.0.113.7"]]),
      { localAddress: undefined, localPort: undefined, remoteAddress: peer, remotePort: undefined, isSecure: false },
      resolveTrust("serve", trustProxy),
    );
    expect(found.remoteAddress).toBe("203.0.113.7");
  });

  test.each([
    [undefined, "loopback"],
    [undefined, () => true],
    ["not an address", "0.0.0.0/0"],
    ["172.32.0.1", "uniquelocal"],
    ["128.0.0.1", "loopback"],
  ] as [string | undefined, TrustProxyOption][])("the peer %s is not trusted by %j", (peer, trustProxy) => {
    expect(resolveTrust("serve", trustProxy).trusts(peer, 0)).toBe(false);
  });

  test.each([
    [-1, RangeError, "Cannot serve: trustProxy must be an integer of at least 0 if it is a number, got -1"],
    [1.5, RangeError, /got 1\.5$/],
    [Number.NaN, RangeError, /got NaN$/],
    [
      null,
      TypeError,
      "Cannot serve: trustProxy must be a boolean, a number of proxies, addresses or a function, got null",
    ],
    ["", TypeError, /got ""$/],
    [
      "example.org",
      TypeError,
      /networks such as "10\.0\.0\.0\/8", or loopback, linklocal, uniquelocal, got "example\.org"$/,
    ],
    ["10.0.0.0/33", TypeError, /got "10\.0\.0\.0\/33"$/],
    ["10.0.0.0/", TypeError, /got "10\.0\.0\.0\/"$/],
    ["10.0.0/8", TypeError, /got "10\.0\.0\/8"$/],
    ["::/129", TypeError, /got/],
    [["loopback", 5], TypeError, /got "5"$/],
  ])("refuses %j", (trustProxy, type, message) => {
    expect(() => resolveTrust("serve", trustProxy as never)).toThrow(type);
    expect(() => resolveTrust("serve", trustProxy as never)).toThrow(message);
  });
});

describe("what an untrusted peer says does not count", () => {
  test.each([
    [[[XFF, "203.0.113.7"]]],
    [[["Forwarded", "for=203.0.113.7;proto=https;host=evil.example"]]],
    [[["X-Forwarded-Proto", "https"]]],
    [[["X-Forwarded-Host", "evil.example"]]],
  ] as [[string, string][]][])("%j", (lines) => {
    expect(resolve(lines, "192.0.2.1")).toEqual({
      remoteAddress: PEER,
      remotePort: 9,
      isSecure: false,
      host: undefined,
    });
  });
});

describe("protocol and host", () => {
  test.each([
    ["alone", [["X-Forwarded-Proto", "https"]], 1, [PEER, 9, true, undefined]],
    [
      "with an address",
      [
        ["X-Forwarded-Proto", "WSS"],
        [XFF, "1.2.3.4"],
      ],
      1,
      ["1.2.3.4", undefined, true, undefined],
    ],
    ["of no protocol we know", [["X-Forwarded-Proto", "gopher"]], 1, [PEER, 9, false, undefined]],
    ["a host", [["X-Forwarded-Host", "example.org:8080"]], 1, [PEER, 9, false, "example.org:8080"]],
    ["no host", [["X-Forwarded-Host", "a/b"]], 1, [PEER, 9, false, undefined]],
    [
      "lists, one proxy",
      [
        [XFF, "1.1.1.1, 2.2.2.2"],
        ["X-Forwarded-Proto", "https, http"],
      ],
      1,
      ["2.2.2.2", undefined, false, undefined],
    ],
    [
      "lists, two proxies",
      [
        [XFF, "1.1.1.1, 2.2.2.2"],
        ["X-Forwarded-Proto", "https, http"],
      ],
      2,
      ["1.1.1.1", undefined, true, undefined],
    ],
    [
      "one for two proxies",
      [
        [XFF, "1.1.1.1, 2.2.2.2"],
        ["X-Forwarded-Host", "a"],
      ],
      2,
      ["1.1.1.1", undefined, false, "a"],
    ],
    [
      "in elements",
      [["Forwarded", "for=1.1.1.1;host=outer, for=2.2.2.2;proto=https;host=inner"]],
      2,
      ["1.1.1.1", undefined, true, "outer"],
    ],
    [
      "in elements, one proxy",
      [["Forwarded", "for=1.1.1.1;host=outer, for=2.2.2.2;proto=https"]],
      1,
      ["2.2.2.2", undefined, true, undefined],
    ],
  ] as [string, [string, string][], number, [string, number | undefined, boolean, string | undefined]][])(
    "%s",
    (_name, lines, trustProxy, [remoteAddress, remotePort, isSecure, host]) => {
      expect(resolve(lines, trustProxy)).toEqual({ remoteAddress, remotePort, isSecure, host });
    },
  );

  test("a proxy may say that the client used no TLS although it does", () => {
    const endpoints = { localAddress: undefined, localPort: 1, remoteAddress: PEER, remotePort: 9, isSecure: true };
    const headers = new HttpHeaders([["X-Forwarded-Proto", "http"]]);
    expect(resolveForwarded(headers, endpoints, resolveTrust("serve", true)).isSecure).toBe(false);
    expect(resolveForwarded(new HttpHeaders(), endpoints, resolveTrust("serve", true)).isSecure).toBe(true);
  });
});
