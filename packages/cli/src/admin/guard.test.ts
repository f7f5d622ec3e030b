import { describe, expect, test } from "vitest";
import { type Access, isLoopback, refusal } from "./guard.ts";

interface Given {
  readonly host?: string;
  readonly boundAddress?: string;
  readonly token?: string;
}

function statusOf(access: Access, headers: Readonly<Record<string, string>>, given: Given = {}): number {
  const settings = { token: undefined, host: "127.0.0.1", boundAddress: "127.0.0.1", ...given };
  return refusal(access, { host: "127.0.0.1:9464", ...headers }, settings)?.status ?? 200;
}

const OPEN = { host: "0.0.0.0", boundAddress: "0.0.0.0" };
const BEARER = { authorization: "Bearer right" };

test.each<[what: string, given: Given, headers: Record<string, string>, probe: number, read: number, change: number]>([
  ["loopback without a token", {}, {}, 200, 200, 200],
  ["loopback, token set, none sent", { token: "right" }, {}, 200, 200, 401],
  ["loopback, token set and sent", { token: "right" }, BEARER, 200, 200, 200],
  ["loopback, the wrong one", { token: "other" }, BEARER, 200, 401, 401],
  ["loopback, a token sent that nobody wants", {}, BEARER, 200, 200, 200],
  ["loopback, another scheme", { token: "right" }, { authorization: "Basic right" }, 200, 200, 401],
  ["beyond loopback without a token", OPEN, {}, 200, 403, 403],
  ["beyond loopback, token set, none sent", { ...OPEN, token: "right" }, {}, 200, 401, 401],
  ["beyond loopback, token set and sent", { ...OPEN, token: "right" }, BEARER, 200, 200, 200],
  [
    "beyond loopback, token sent, any host",
    { ...OPEN, token: "right" },
    { ...BEARER, host: "hawser.test" },
    200,
    200,
    200,
  ],
  ["a name that leads to loopback", {}, { host: "attacker.test:9464" }, 200, 403, 403],
  ["the same with the token", { token: "right" }, { ...BEARER, host: "attacker.test:9464" }, 200, 200, 200],
  ["a page", {}, { origin: "https://attacker.test" }, 200, 403, 403],
  ["a page of this endpoint's own address", {}, { origin: "http://127.0.0.1:9464" }, 200, 403, 403],
  ["a page, by its fetch metadata", {}, { "sec-fetch-site": "cross-site" }, 200, 403, 403],
  ["a page with the token", { token: "right" }, { ...BEARER, origin: "null" }, 200, 403, 403],
  ["a person's browser", {}, { "sec-fetch-site": "none" }, 200, 200, 200],
])("%s", (_what, given, headers, probe, read, change) => {
  const statuses = (["probe", "read", "change"] as const).map((access) => statusOf(access, headers, given));
  expect(statuses).toEqual([probe, read, change]);
});

test.each([
  ["127.0.0.1:9464", 200],
  ["127.0.0.1", 200],
  ["localhost:1", 200],
  ["LocalHost", 200],
  ["[::1]:9464", 200],
  ["127.8.8.8", 200],
  ["", 403],
  ["localhost.attacker.test", 403],
  ["127.0.0.1.attacker.test", 403],
  ["10.0.0.1", 403],
])("Host: %s", (host, status) => {
  expect(statusOf("read", { host })).toBe(status);
});

test("a name that --admin was given may be asked by", () => {
  expect(statusOf("read", { host: "Box.test:9464" }, { host: "box.test" })).toBe(200);
});

describe("loopback", () => {
  test.each(["127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"])("%s is", (address) => {
    expect(isLoopback(address)).toBe(true);
  });
  test.each(["0.0.0.0", "::", "10.0.0.1", "1270.0.0.1", "127.evil.test", ""])("%j is not", (address) => {
    expect(isLoopback(address)).toBe(false);
  });
});

test("a refusal says what to do", () => {
  const settings = { token: undefined, host: "0.0.0.0", boundAddress: "0.0.0.0" };
  expect(refusal("read", {}, settings)?.body).toContain("--admin-token or HAWSER_ADMIN_TOKEN");
  expect(refusal("read", {}, { ...settings, token: "x" })?.headers).toEqual({ "WWW-Authenticate": "Bearer" });
});
