import { describe, expect, test } from "vitest";
import { HttpHeaders } from "./http-headers.ts";
import { judgeOrigin, type Origins, resolveOrigins } from "./origin.ts";

function isAllowed(origins: Origins, origin: string | undefined, host = "example.org", isSecure = false): boolean {
  const headers = new HttpHeaders(origin === undefined ? [] : [["Origin", origin]]);
  return judgeOrigin(headers, resolveOrigins("serve", origins), { host, isSecure }) === undefined;
}

describe('"same-origin"', () => {
  test.each([
    [undefined, "example.org", false, true],
    ["http://example.org", "example.org", false, true],
    ["https://example.org", "example.org", true, true],
    ["https://EXAMPLE.org", "Example.ORG", true, true],
    ["http://example.org:8080", "example.org:8080", false, true],
    ["http://example.org:80", "example.org", false, true],
    ["http://example.org", "example.org:80", false, true],
    ["https://example.org", "example.org:443", true, true],
    ["http://[::1]:8080", "[::1]:8080", false, true],
    ["http://[::1]", "[::1]:80", false, true],
    // TLS was ended by a proxy that does not say so
    ["https://example.org", "example.org", false, true],
    ["http://example.org", "example.org", true, false],
    ["http://example.org:8080", "example.org", false, false],
    ["http://example.org", "example.org:8080", false, false],
    ["http://evil.example", "example.org", false, false],
    ["http://example.org.evil.example", "example.org", false, false],
    ["http://evil.example/example.org", "example.org", false, false],
    ["http://user@example.org", "example.org", false, false],
    ["http://example.org/", "example.org", false, false],
    ["chrome-extension://example.org", "example.org", false, false],
    ["constructor://example.org", "example.org", false, false],
    ["null", "example.org", false, false],
    ["null", "null", false, false],
    ["example.org", "example.org", false, false],
    ["", "example.org", false, false],
  ])("Origin %j for Host %j, secure %j: %j", (origin, host, isSecure, expected) => {
    expect(isAllowed("same-origin", origin, host, isSecure)).toBe(expected);
  });
});

test.each([undefined, "null", "http://evil.example", "what?"])('"any" allows %j', (origin) => {
  expect(isAllowed("any", origin)).toBe(true);
});

describe("a list", () => {
  test.each<[Origins, string | undefined, boolean]>([
    [["https://a.example"], "https://a.example", true],
    [["https://A.example"], "HTTPS://a.EXAMPLE", true],
    [["https://a.example:443"], "https://a.example", true],
    [["http://a.example"], "http://a.example:80", true],
    [["http://a.example:443"], "http://a.example", false],
    [["https://a.example"], "http://a.example", false],
    [["https://a.example"], "https://a.example.evil", false],
    [["https://a.example"], "https://a.example:8443", false],
    [["https://a.example"], undefined, false],
    [["https://a.example", null], undefined, true],
    [[], undefined, false],
    [[], "https://a.example", false],
    [["null"], "null", true],
    [[null], "null", false],
    [["chrome-extension://abc"], "chrome-extension://abc", true],
    [[/https:\/\/[a-z]+\.example/], "https://a.example", true],
    [[/https:\/\/[a-z]+\.example/], "https://a.example.evil", false],
    [[/https:\/\/[a-z]+\.example/], "xhttps://a.example", false],
    [[/a|ab/], "ab", true],
    [[/^https:\/\/a\.example$/], "https://a.example", true],
    [[/HTTPS:\/\/A/i], "https://a", true],
    [[/https:\/\/a/m], "https://a", true],
    [[/./], undefined, false],
  ])("%j and Origin %j: %j", (origins, origin, expected) => {
    expect(isAllowed(origins, origin)).toBe(expected);
  });

  test.each(["g", "y", "gy"])("an expression with the flags %s answers the same every time", (flags) => {
    const expression = new RegExp("https://a", flags);
    expression.lastIndex = 5;
    const policy = resolveOrigins("serve", [expression]);
    const authority = { host: "a", isSecure: false };
    expect([1, 2, 3].map(() => policy.allows("https://a", authority))).toEqual([true, true, true]);
    expect(expression.lastIndex).toBe(5);
  });

  test.each([
    ["https://a.example", /^Cannot serve: origins must be "same-origin", "any" or a list, got "https:\/\/a.example"$/],
    [null, /got "null"$/],
    [["a.example"], /^Cannot serve: origins must be like "https:\/\/example.org" .* got "a.example"$/],
    [["https://a.example/"], /no path/],
    [["https://"], /got "https:\/\/"$/],
    [["https://a b"], /got "https:\/\/a b"$/],
    [[undefined], /got "undefined"$/],
    [["any"], /got "any"$/],
  ])("%j is refused", (origins, message) => {
    expect(() => resolveOrigins("serve", origins as Origins)).toThrow(TypeError);
    expect(() => resolveOrigins("serve", origins as Origins)).toThrow(message);
  });
});

describe("a refusal", () => {
  const authority = { host: "example.org", isSecure: false };

  test("says which origin, what was expected, and which option decides", () => {
    const headers = new HttpHeaders([["Origin", "http://evil.example"]]);
    expect(judgeOrigin(headers, resolveOrigins("serve", "same-origin"), authority)).toMatchObject({
      code: "ORIGIN_NOT_ALLOWED",
      status: 403,
      text:
        'the origin is not allowed; got Origin: "http://evil.example" for Host: "example.org", expected the same origin as the Host ' +
        'header\'s. The server\'s option "origins" decides this: a list with "http://evil.example" in it allows the request, "any" allows all',
    });
  });

  test("of a request without Origin names null and the list", () => {
    const policy = resolveOrigins("serve", ["https://a.example", /b/i]);
    expect(judgeOrigin(new HttpHeaders(), policy, authority)?.text).toContain(
      'got a request without Origin for Host: "example.org", expected one of "https://a.example", /b/i. The server\'s option "origins" decides this: a list with null',
    );
  });

  test.each(["any", "same-origin"] as const)("two Origin headers are a bad request for %s", (origins) => {
    const headers = new HttpHeaders([
      ["Origin", "http://example.org"],
      ["Origin", "http://example.org"],
    ]);
    expect(judgeOrigin(headers, resolveOrigins("serve", origins), authority)).toMatchObject({
      code: "ORIGIN_AMBIGUOUS",
      status: 400,
    });
  });
});
