import { expect, test } from "vitest";
import { parseProxyAddress } from "./proxy-address.ts";

test.each([
  ["http://proxy.example", "http", "proxy.example", 80],
  ["https://proxy.example/", "https", "proxy.example", 443],
  ["http://[::1]:3128", "http", "::1", 3128],
  ["socks4://proxy.example", "socks4", "proxy.example", 1080],
  ["socks4a://proxy.example:80", "socks4a", "proxy.example", 80],
  ["socks5://127.0.0.1:9050", "socks5", "127.0.0.1", 9050],
  ["socks5h://proxy.example", "socks5h", "proxy.example", 1080],
])("%s", (text, scheme, host, port) => {
  expect(parseProxyAddress("proxy", text)).toMatchObject({ scheme, host, port, username: "", password: "" });
});

test("credentials are decoded, and not shown", () => {
  expect(parseProxyAddress("proxy", new URL("http://us%20er:p%40ss%zz@h:1"))).toEqual({
    scheme: "http",
    host: "h",
    port: 1,
    username: "us er",
    password: "p%40ss%zz",
    label: "http://h:1",
  });
});

test.each([
  ["ftp://h", 'must begin with http:, https:, socks4:, socks4a:, socks5:, socks5h:, got "ftp://h"'],
  ["not a url", 'must be a valid URL, got "not a url"'],
  ["http://h\r\n", 'must be a valid URL, got "http://h\\r\\n"'],
  ["socks5:", 'must name a host, got "socks5:"'],
  ["http://user:secret@h/path", 'must end after the host and the port, got "http://***@h/path"'],
  ["http://h/?q", 'must end after the host and the port, got "http://h/?q"'],
])("refuses %j", (text, message) => {
  expect(() => parseProxyAddress("https_proxy", text)).toThrow(new TypeError(`Cannot connect: https_proxy ${message}`));
});
