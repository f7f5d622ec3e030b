import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { readForwardedHops } from "./forwarded-headers.ts";

type Lines = readonly (readonly [string, string])[];

/** Each hop as text: address, port, protocol, host, with `-` for what is not known. */
function hops(lines: Lines): string[] {
  return readForwardedHops(new HttpHeaders(lines)).map(({ address, port, isSecure, host }) => {
    const protocol = isSecure === undefined ? undefined : isSecure ? "https" : "http";
    return [address, port, protocol, host].map((value) => value ?? "-").join(" ");
  });
}

test("nothing said is no hop", () => {
  expect(hops([])).toEqual([]);
});

describe("X-Forwarded-For", () => {
  test.each([
    ["1.2.3.4", ["1.2.3.4 - - -"]],
    ["1.2.3.4:80", ["1.2.3.4 80 - -"]],
    ["2001:DB8::1", ["2001:db8::1 - - -"]],
    ["[2001:db8::1]", ["2001:db8::1 - - -"]],
    ["[2001:db8::1]:443", ["2001:db8::1 443 - -"]],
    ["::ffff:1.2.3.4", ["1.2.3.4 - - -"]],
    ["a, 1.1.1.1 ,\t2.2.2.2", ["2.2.2.2 - - -", "1.1.1.1 - - -", "- - - -"]],
    [",1.1.1.1", ["1.1.1.1 - - -", "- - - -"]],
    ["1.1.1.1,", ["- - - -", "1.1.1.1 - - -"]],
    ["1.2.3.4:99999", ["1.2.3.4 - - -"]],
    ["1.2.3.4:", ["- - - -"]],
    ["1.2.3.4:http", ["- - - -"]],
    ["256.1.1.1", ["- - - -"]],
    ["[1.2.3.4", ["- - - -"]],
    ["fe80::1%eth0", ["- - - -"]],
    ["unknown", ["- - - -"]],
    ["", ["- - - -"]],
  ])("%j", (value, expected) => {
    expect(hops([["X-Forwarded-For", value]])).toEqual(expected);
  });

  test("of several lines is one list", () => {
    const lines = [
      ["X-Forwarded-For", "1.1.1.1"],
      ["x-forwarded-for", "2.2.2.2"],
    ] as const;
    expect(hops(lines)).toEqual(["2.2.2.2 - - -", "1.1.1.1 - - -"]);
  });

  test("is read for 32 hops", () => {
    const list = Array.from({ length: 5000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const read = hops([["X-Forwarded-For", list.join(",")]]);
    expect([read.length, read[0], read.at(-1)]).toEqual([32, "10.0.19.135 - - -", "10.0.19.104 - - -"]);
  });
});

describe("Forwarded", () => {
  test.each([
    ["for=192.0.2.43", ["192.0.2.43 - - -"]],
    ['For="[2001:db8:cafe::17]:4711"', ["2001:db8:cafe::17 4711 - -"]],
    ["for=192.0.2.60;proto=http;by=203.0.113.43", ["192.0.2.60 - http -"]],
    ["for=192.0.2.43, for=198.51.100.17", ["198.51.100.17 - - -", "192.0.2.43 - - -"]],
    ['for=_hidden, for=_SEVKISEK, for=unknown, for="unknown:1"', ["- - - -", "- - - -", "- - - -", "- - - -"]],
    ['for="192.0.2.43:_gazonk"', ["- - - -"]],
    ["host=example.org;proto=HTTPS", ["- - https example.org"]],
    ['host="example.org:8080"', ["- - - example.org:8080"]],
    ['host="a/b"', ["- - - -"]],
    ['host="exa\\mple\\.org"', ["- - - example.org"]],
    ['secret="a,b;c=\\"d\\\\";for=1.1.1.1', ["1.1.1.1 - - -"]],
    [";;for=1.1.1.1; proto=https ; ", ["1.1.1.1 - https -"]],
    [" , for=1.1.1.1 ,, ", ["1.1.1.1 - - -"]],
    ["for=1.1.1.1:80", ["1.1.1.1 80 - -"]],
    ["for=[::1]:80", ["::1 80 - -"]],
    ["", []],
    [",;,", []],
  ])("%s", (value, expected) => {
    expect(hops([["Forwarded", value]])).toEqual(expected);
  });

  test.each([
    "for",
    "for=",
    "for =1.1.1.1",
    'for="1.1.1.1',
    'for="1.1.1.1\\"',
    'for="1.1.1.1"x',
    'for=1.1.1.1"x"',
    "for=1.1.1.1 proto=http",
    "for=1.1.1.1;for=2.2.2.2",
    "=1.1.1.1",
    "for=1.1.1.1, {",
  ])("%s is malformed, and nothing of its line counts", (value) => {
    expect(hops([["Forwarded", value]])).toEqual([]);
    const lines = [
      ["Forwarded", "for=3.3.3.3"],
      ["Forwarded", value],
      ["Forwarded", "for=4.4.4.4"],
    ] as const;
    expect(hops(lines)).toEqual(["4.4.4.4 - - -"]);
  });

  test("what a client leaves open is not closed by what its proxy appends", () => {
    expect(hops([["Forwarded", 'for=6.6.6.6;x=", for="[2001:db8::1]:80"']])).toEqual([]);
  });

  test("is read for 32 hops", () => {
    expect(hops([["Forwarded", Array(5000).fill("for=1.1.1.1").join(", ")]])).toHaveLength(32);
  });
});

describe("both kinds", () => {
  test.each([
    ["agree", "for=1.1.1.1;proto=https, for=2.2.2.2", "1.1.1.1, 2.2.2.2", ["2.2.2.2 - - -", "1.1.1.1 - - -"]],
    ["agree in part", "for=1.1.1.1, for=2.2.2.2", "6.6.6.6, 2.2.2.2", ["2.2.2.2 - - -", "- - - -"]],
    ["disagree", "for=6.6.6.6", "1.1.1.1", ["- - - -"]],
    ["differ in length", "for=2.2.2.2", "6.6.6.6, 2.2.2.2", ["2.2.2.2 - - -"]],
    ["differ in length the other way", "for=6.6.6.6, for=2.2.2.2", "2.2.2.2", ["2.2.2.2 - - -"]],
    ["are malformed on one side", "for", "1.1.1.1", []],
  ])("%s", (_name, forwarded, xForwardedFor, expected) => {
    const lines = [
      ["Forwarded", forwarded],
      ["X-Forwarded-For", xForwardedFor],
    ] as const;
    expect(hops(lines)).toEqual(expected);
  });

  test("protocol and host count where both say the same", () => {
    const x = [
      ["X-Forwarded-For", "1.1.1.1"],
      ["X-Forwarded-Proto", "https"],
      ["X-Forwarded-Host", "example.org"],
    ] as const;
    expect(hops([...x, ["Forwarded", "for=1.1.1.1;proto=https;host=example.org"]])).toEqual([
      "1.1.1.1 - https example.org",
    ]);
    expect(hops([...x, ["Forwarded", "for=1.1.1.1;proto=http;host=evil.example"]])).toEqual(["1.1.1.1 - - -"]);
  });
});

test("no text throws", () => {
  const letters = fc.string({ unit: fc.constantFrom(...'for=;,"\\ \t[]:.1_aproto'), maxLength: 60 });
  const name = fc.constantFrom("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host");
  fc.assert(
    fc.property(fc.array(fc.tuple(name, letters), { maxLength: 4 }), (lines) => {
      expect(hops(lines).length).toBeLessThanOrEqual(32);
    }),
    { numRuns: 500 },
  );
});
