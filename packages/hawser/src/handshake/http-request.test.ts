import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HttpHeaders } from "./http-headers.ts";
import { createRequestHead, isValidHost, packRequest, unpackRequest } from "./http-request.ts";

/** Text of any characters up to U+017F, controls and ISO-8859-1 among them. */
const anyText = fc.array(fc.nat(0x17f)).map((codes) => String.fromCharCode(...codes));

function urlOf(host: string | undefined, path: string, isSecure = false): string {
  const headers = new HttpHeaders(host === undefined ? [] : [["Host", host]]);
  return createRequestHead({ method: "GET", path, httpVersion: "1.1", headers, isSecure }).url.href;
}

describe("the URL of a request", () => {
  test.each([
    ["example.org", "/chat?x=1", "http://example.org/chat?x=1"],
    ["example.org:8080", "/", "http://example.org:8080/"],
    ["[::1]:80", "/", "http://[::1]/"],
    ["example.org", "//evil.example/x", "http://example.org//evil.example/x"],
    ["example.org", "/%", "http://example.org/%"],
    ["example.org", "*", "http://example.org/*"],
    [undefined, "/a", "http://localhost/a"],
    ["", "/a", "http://localhost/a"],
    ["user@evil.example", "/a", "http://localhost/a"],
    ["evil.example/b", "/a", "http://localhost/a"],
    ["a:b:c", "/a", "http://localhost/a"],
    ["example.org:99999", "/a", "http://localhost/a"],
  ])("Host %j and target %j", (host, path, expected) => {
    expect(urlOf(host, path)).toBe(expected);
  });

  test("begins with https: if the request came by TLS", () => {
    expect(urlOf("example.org:443", "/", true)).toBe("https://example.org/");
  });

  test("is made once", () => {
    const headers = new HttpHeaders([["Host", "example.org"]]);
    const request = createRequestHead({ method: "GET", path: "/", httpVersion: "1.1", headers, isSecure: false });
    expect(request.url).toBe(request.url);
  });

  test("never throws, and no path ever changes the host", () => {
    fc.assert(
      fc.property(anyText, anyText, (host, path) => {
        const headers = HttpHeaders.ofParsedLines(["Host", host]);
        createRequestHead({ method: "GET", path, httpVersion: "1.1", headers, isSecure: false }).url.href;
        expect(new URL(urlOf("example.org", path)).host).toBe("example.org");
      }),
    );
  });
});

test.each([
  ["example.org", true],
  ["[2001:db8::1]:8080", true],
  ["", false],
  ["a b", false],
  ["a,b", false],
  ["b\u00fccher.example", false],
])("isValidHost(%j) is %s", (host, expected) => {
  expect(isValidHost(host)).toBe(expected);
});

describe.each([
  ["GET", "1.1"],
  ["CONNECT", "2.0"],
] as const)("packing a request of %s with HTTP/%s", (method, httpVersion) => {
  test.each<[string, [string, string][], boolean]>([
    ["/", [], false],
    ["/chat?room=1&x=%0A", [["Host", "example.org"]], true],
    [
      "/a",
      [
        ["Host", "example.org:81"],
        ["X", ""],
        ["x", "b: c"],
      ],
      false,
    ],
  ])("and unpacking gives the same request: %s %j, secure %s", (path, lines, isSecure) => {
    const request = createRequestHead({
      method,
      path,
      httpVersion,
      headers: new HttpHeaders(lines),
      isSecure,
    });
    const url = request.url.href;
    const unpacked = unpackRequest(packRequest(request));
    expect(unpacked).toMatchObject({ method, path, httpVersion });
    expect([...unpacked.headers]).toEqual(lines);
    expect(unpacked.url.href).toBe(url);
  });
});
