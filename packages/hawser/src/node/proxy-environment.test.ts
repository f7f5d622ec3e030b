import { describe, expect, test } from "vitest";
import { type Environment, proxyFromEnvironment } from "./proxy-environment.ts";

function proxyFor(url: string, environment: Environment): string | undefined {
  return proxyFromEnvironment(new URL(url), environment)?.label;
}

describe("the variable", () => {
  const all = {
    wss_proxy: "http://wss:1",
    ws_proxy: "http://ws:1",
    socks_proxy: "socks5://s:1",
    https_proxy: "http://tls:1",
  };
  const http = { http_proxy: "http://plain:1" };

  test.each([
    ["wss: its own first", "wss://h/", { ...all, ...http }, "http://wss:1"],
    ["ws: its own first", "ws://h/", { ...all, ...http }, "http://ws:1"],
    ["then SOCKS", "wss://h/", { ...all, wss_proxy: "" }, "socks5://s:1"],
    ["then HTTPS", "ws://h/", { https_proxy: "http://tls:1", ...http }, "http://tls:1"],
    ["then HTTP for ws:", "ws://h/", http, "http://plain:1"],
    ["HTTP is not for wss:", "wss://h/", http, undefined],
    ["another one's is not for ws:", "ws://h/", { wss_proxy: "http://wss:1" }, undefined],
    ["none", "ws://h/", {}, undefined],
    ["upper case", "wss://h/", { HTTPS_PROXY: "http://tls:1" }, "http://tls:1"],
    [
      "lower case before upper case",
      "wss://h/",
      { HTTPS_PROXY: "http://upper:1", https_proxy: "http://lower:1" },
      "http://lower:1",
    ],
    ["empty in lower case switches off", "wss://h/", { HTTPS_PROXY: "http://upper:1", https_proxy: "" }, undefined],
    ["HTTP_PROXY", "ws://h/", { HTTP_PROXY: "http://plain:1" }, "http://plain:1"],
    [
      "HTTP_PROXY in a CGI script is a client's",
      "ws://h/",
      { HTTP_PROXY: "http://evil:1", REQUEST_METHOD: "GET" },
      undefined,
    ],
    [
      "http_proxy in a CGI script is not",
      "ws://h/",
      { http_proxy: "http://plain:1", REQUEST_METHOD: "GET" },
      "http://plain:1",
    ],
    ["without a scheme", "wss://h/", { https_proxy: "tls:3128" }, "http://tls:3128"],
    ["SOCKS without a scheme", "wss://h/", { socks_proxy: "s" }, "socks5h://s:1080"],
  ])("%s", (_name, url, environment: Environment, expected) => {
    expect(proxyFor(url, environment)).toBe(expected);
  });

  test("is named by what is wrong with it", () => {
    expect(() => proxyFor("wss://h/", { HTTPS_PROXY: "ftp://h" })).toThrow(
      new TypeError(
        'Cannot connect: https_proxy must begin with http:, https:, socks4:, socks4a:, socks5:, socks5h:, got "ftp://h"',
      ),
    );
  });
});

describe("no_proxy", () => {
  test.each([
    ["*", "a.example.org", false],
    ["example.org", "example.org", false],
    ["example.org", "a.example.org", false],
    ["example.org", "badexample.org", true],
    [".example.org", "a.example.org", false],
    [".example.org", "example.org", false],
    ["*.example.org", "a.example.org", false],
    ["EXAMPLE.ORG", "a.example.org", false],
    ["example.org", "a.example.org.", false],
    ["example.org.", "a.example.org", false],
    ["other.org, example.org", "example.org", false],
    ["other.org example.org", "example.org", false],
    ["example.org:80", "example.org", false],
    ["example.org:81", "example.org", true],
    ["10.1.2.3", "10.1.2.3", false],
    ["10.1.2.3", "10.1.2.4", true],
    ["1.2.3", "10.1.2.3", true],
    ["10.0.0.0/8", "10.1.2.3", false],
    ["10.0.0.0/8", "11.1.2.3", true],
    ["10.0.0.0/8", "example.org", true],
    ["10.0.0.0/33", "10.1.2.3", true],
    ["10.0.0.0/x", "10.1.2.3", true],
    ["example.org/8", "example.org", true],
    ["10.1.2.3:80", "10.1.2.3", false],
    ["10.1.2.3:81", "10.1.2.3", true],
    ["fd00::/8", "[fd12::1]", false],
    ["fd00::/8", "[fe12::1]", true],
    ["fd12::1", "[fd12::1]", false],
    ["[fd12::1]", "[fd12::1]", false],
    ["[fd12::1]:80", "[fd12::1]", false],
    ["[fd12::1]:81", "[fd12::1]", true],
    [".", "example.org", true],
    ["", "example.org", true],
    [" , ", "example.org", true],
  ])("%j, %s", (noProxy, host, isProxied) => {
    const environment = { ws_proxy: "http://p:1", no_proxy: noProxy };
    expect(proxyFor(`ws://${host}/`, environment)).toBe(isProxied ? "http://p:1" : undefined);
  });

  test("in upper case, unless there is one in lower case", () => {
    expect(proxyFor("ws://h/", { ws_proxy: "http://p:1", NO_PROXY: "h" })).toBeUndefined();
    expect(proxyFor("ws://h/", { ws_proxy: "http://p:1", NO_PROXY: "h", no_proxy: "" })).toBe("http://p:1");
  });
});

test.each(["localhost", "a.localhost", "127.0.0.1", "127.8.8.8", "[::1]"])("%s is never behind a proxy", (host) => {
  expect(proxyFor(`ws://${host}/`, { ws_proxy: "http://p:1" })).toBeUndefined();
});

test("a name that begins like an address of this machine is another machine's", () => {
  expect(proxyFor("ws://127.example.org/", { ws_proxy: "http://p:1" })).toBe("http://p:1");
});
