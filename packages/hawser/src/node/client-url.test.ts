import { describe, expect, test } from "vitest";
import { hostOf, parseClientUrl, portOf, withoutCredentials } from "./client-url.ts";

describe("parseClientUrl", () => {
  test.each([
    ["ws://example.org", "ws://example.org/", "example.org", 80],
    ["wss://example.org/feed?q=1", "wss://example.org/feed?q=1", "example.org", 443],
    ["ws://example.org:443/", "ws://example.org:443/", "example.org", 443],
    ["http://example.org/", "ws://example.org/", "example.org", 80],
    ["https://example.org:8443/", "wss://example.org:8443/", "example.org", 8443],
    ["WS://EXAMPLE.org/A", "ws://example.org/A", "example.org", 80],
    [
      "wss://bücher.example/straße?ü=ß",
      "wss://xn--bcher-kva.example/stra%C3%9Fe?%C3%BC=%C3%9F",
      "xn--bcher-kva.example",
      443,
    ],
    ["ws://[::1]:9000/", "ws://[::1]:9000/", "::1", 9000],
    ["ws://user:pass@h/", "ws://user:pass@h/", "h", 80],
    ["ws://user:@h/", "ws://user@h/", "h", 80],
  ])("%s", (text, href, host, port) => {
    const url = parseClientUrl(text);
    expect([url.href, hostOf(url), portOf(url)]).toEqual([href, host, port]);
  });

  test("a URL object is not changed", () => {
    const url = new URL("https://example.org/");
    expect(parseClientUrl(url).href).toBe("wss://example.org/");
    expect(url.href).toBe("https://example.org/");
  });

  test.each([
    ["ftp://h/", 'the URL must begin with "ws:" or "wss:", got "ftp://h/"'],
    ["/feed", 'the URL must be absolute and valid, got "/feed"'],
    ["ws://", 'the URL must be absolute and valid, got "ws://"'],
    ["ws://h/#part", 'the URL must have no fragment, got "ws://h/#part"'],
    ["ws://user@h/", 'the URL must have a password beside the user name, for Basic authorization, got "ws://***@h/"'],
    ["ws://h/\r\nX: y", 'the URL must have no control characters, got "ws://h/\\r\\nX: y"'],
    [7 as unknown as string, "the URL must be a string or a URL, got 7"],
    [undefined as unknown as string, "the URL must be a string or a URL, got undefined"],
  ])("refuses %j", (text, message) => {
    expect(() => parseClientUrl(text)).toThrow(new TypeError(`Cannot connect: ${message}`));
  });
});

test("a text shows no credentials", () => {
  expect(withoutCredentials("wss://user:secret@h/a@b")).toBe("wss://***@h/a@b");
  expect(withoutCredentials("wss://h/a@b")).toBe("wss://h/a@b");
});
