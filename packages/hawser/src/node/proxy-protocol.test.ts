import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ProxyFault, type ProxyHeader, ProxyProtocolReader } from "./proxy-protocol.ts";

type Mode = "optional" | "required";

interface Reading {
  readonly result: ProxyHeader | ProxyFault | undefined;
  readonly rest: string;
}

/** Feeds portions until there is a result; what comes behind is rest as well. */
function read(mode: Mode, portions: readonly Uint8Array[]): Reading {
  const reader = new ProxyProtocolReader(mode);
  for (const [index, portion] of portions.entries()) {
    const result = reader.receive(portion);
    if (result === undefined) continue;
    const rest = [reader.rest, ...portions.slice(index + 1)];
    return { result, rest: "fault" in result ? "" : Buffer.concat(rest).toString("latin1") };
  }
  return { result: undefined, rest: "" };
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

const feeds = {
  whole: (bytes: Uint8Array) => [bytes],
  byteByByte: (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte)),
  withEmptyPortions: (bytes: Uint8Array) => [
    bytes.subarray(0, 0),
    bytes.subarray(0, 13),
    bytes.subarray(13, 13),
    bytes.subarray(13),
  ],
};

function expectReading(mode: Mode, wire: string, expected: Reading): void {
  for (const feed of Object.values(feeds)) expect(read(mode, feed(latin1(wire)))).toEqual(expected);
}

function addresses(remoteAddress: string, remotePort: number, localAddress: string, localPort: number) {
  return { remoteAddress, remotePort, localAddress, localPort };
}

const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

function version2(command: number, family: number, block: string, length = block.length): string {
  return `${SIGNATURE}${String.fromCharCode(command, family, length >> 8, length & 255)}${block}`;
}

const IPV4_BLOCK = "\xc0\x00\x02\x01\xc6\x33\x64\x02\xdc\x04\x01\xbb";
const IPV6_BLOCK = `\x20\x01\x0d\xb8${"\0".repeat(11)}\x01\x20\x01\x0d\xb8${"\0".repeat(11)}\x02\xdc\x04\x01\xbb`;
const MAPPED_BLOCK = `${"\0".repeat(10)}\xff\xff\xc0\0\x02\x01${"\0".repeat(15)}\x01\0\x01\0\x02`;
const UNIX_BLOCK = `/run/a${"\0".repeat(102)}/run/b${"\0".repeat(102)}`;
const IPV4 = addresses("192.0.2.1", 56_324, "198.51.100.2", 443);
const IPV6 = addresses("2001:db8::1", 56_324, "2001:db8::2", 443);
const UNIX = { remoteAddress: undefined, remotePort: undefined, localAddress: undefined, localPort: undefined };
const LONGEST = `PROXY UNKNOWN ${"f".repeat(107 - 16)}\r\n`;
const ALL_ONES = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

describe.each(["optional", "required"] as const)("a header (%s)", (mode) => {
  test.each([
    ["IPv4", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", IPV4],
    ["IPv6", "PROXY TCP6 2001:DB8::1 2001:db8:0:0:0:0:0:2 56324 443\r\n", IPV6],
    ["IPv4 mapped into IPv6", "PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", addresses("192.0.2.1", 1, "::1", 2)],
    [
      "the longest",
      `PROXY TCP6 ${ALL_ONES} ${ALL_ONES} 65535 65535\r\n`,
      addresses(ALL_ONES, 65_535, ALL_ONES, 65_535),
    ],
    ["unknown", "PROXY UNKNOWN\r\n", undefined],
    ["unknown with whatever", "PROXY UNKNOWN a  b c\x00\xff\r\n", undefined],
    ["unknown, the longest", LONGEST, undefined],
  ])("version 1: %s", (_name, wire, expected) => {
    expectReading(mode, wire, { result: { version: 1, addresses: expected }, rest: "" });
    expectReading(mode, `${wire}GET / HTTP`, { result: { version: 1, addresses: expected }, rest: "GET / HTTP" });
    expectReading(mode, wire.slice(0, -1), { result: undefined, rest: "" });
  });

  test.each([
    ["IPv4 over TCP", version2(0x21, 0x11, IPV4_BLOCK), IPV4],
    ["IPv4 over UDP", version2(0x21, 0x12, IPV4_BLOCK), IPV4],
    ["IPv4 with TLVs", version2(0x21, 0x11, `${IPV4_BLOCK}\x04\0\x02ab`), IPV4],
    ["IPv4 with many TLVs", version2(0x21, 0x11, `${IPV4_BLOCK}\x04\x0f\xf1${"x".repeat(4081)}`), IPV4],
    ["IPv6", version2(0x21, 0x21, IPV6_BLOCK), IPV6],
    ["IPv6 with TLVs", version2(0x21, 0x21, `${IPV6_BLOCK}\x04\0\x02ab`), IPV6],
    ["IPv4 mapped into IPv6", version2(0x21, 0x21, MAPPED_BLOCK), addresses("192.0.2.1", 1, "::1", 2)],
    ["a Unix socket", version2(0x21, 0x31, UNIX_BLOCK), UNIX],
    ["unspecified", version2(0x21, 0x00, ""), undefined],
    ["unspecified with a block", version2(0x21, 0x00, "block"), undefined],
    ["an unspecified transport", version2(0x21, 0x10, IPV4_BLOCK), undefined],
    ["local", version2(0x20, 0x00, ""), undefined],
    ["local with addresses", version2(0x20, 0x11, IPV4_BLOCK), undefined],
    ["local with a family that does not exist", version2(0x20, 0xff, "block"), undefined],
  ])("version 2: %s", (_name, wire, expected) => {
    expectReading(mode, wire, { result: { version: 2, addresses: expected }, rest: "" });
    expectReading(mode, `${wire}\x16\x03`, { result: { version: 2, addresses: expected }, rest: "\x16\x03" });
    expectReading(mode, wire.slice(0, -1), { result: undefined, rest: "" });
  });

  test.each([
    ["two spaces", "PROXY TCP4  192.0.2.1 198.51.100.2 1 2\r\n", "PROXY_LINE_MALFORMED"],
    ["a space at the end", "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 \r\n", "PROXY_LINE_MALFORMED"],
    ["a bare LF", "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n", "PROXY_LINE_MALFORMED"],
    ["a bare CR", "PROXY UNKNOWN \r \r\n", "PROXY_LINE_MALFORMED"],
    ["lower case", "PROXY tcp4 192.0.2.1 198.51.100.2 1 2\r\n", "PROXY_LINE_MALFORMED"],
    ["another family", "PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n", "PROXY_LINE_MALFORMED"],
    ["nothing", "PROXY \r\n", "PROXY_LINE_MALFORMED"],
    ["something glued to UNKNOWN", "PROXY UNKNOWNS\r\n", "PROXY_LINE_MALFORMED"],
    ["IPv6 as TCP4", "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY_LINE_MALFORMED"],
    ["IPv4 as TCP6", "PROXY TCP6 192.0.2.1 ::1 1 2\r\n", "PROXY_LINE_MALFORMED"],
    ["no address", "PROXY TCP4 192.0.2.256 198.51.100.2 1 2\r\n", "PROXY_LINE_MALFORMED"],
    ["no second address", "PROXY TCP4 192.0.2.1 198.51.100 1 2\r\n", "PROXY_LINE_MALFORMED"],
    ["leading zeros in an address", "PROXY TCP4 192.000.2.1 198.51.100.2 1 2\r\n", "PROXY_LINE_MALFORMED"],
    ["leading zeros in a port", "PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n", "PROXY_LINE_MALFORMED"],
    ["a port too high", "PROXY TCP4 192.0.2.1 198.51.100.2 1 65536\r\n", "PROXY_LINE_MALFORMED"],
    ["a port missing", "PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n", "PROXY_LINE_MALFORMED"],
    ["a line without an end", `PROXY UNKNOWN ${"f".repeat(93)}`, "PROXY_LINE_TOO_LONG"],
    ["a line one byte too long", `PROXY UNKNOWN ${"f".repeat(92)}\r\n`, "PROXY_LINE_TOO_LONG"],
    ["version 1 in the binary form", version2(0x11, 0x11, IPV4_BLOCK), "PROXY_VERSION_UNSUPPORTED"],
    ["version 3", version2(0x31, 0x11, IPV4_BLOCK), "PROXY_VERSION_UNSUPPORTED"],
    ["an unknown command", version2(0x22, 0x11, IPV4_BLOCK), "PROXY_VERSION_UNSUPPORTED"],
    ["an unknown family", version2(0x21, 0x41, IPV4_BLOCK), "PROXY_FAMILY_UNSUPPORTED"],
    ["an unknown transport", version2(0x21, 0x13, IPV4_BLOCK), "PROXY_FAMILY_UNSUPPORTED"],
    ["a block too short for IPv4", version2(0x21, 0x11, IPV4_BLOCK.slice(1)), "PROXY_LENGTH_INVALID"],
    ["a block too short for IPv6", version2(0x21, 0x21, IPV4_BLOCK), "PROXY_LENGTH_INVALID"],
    ["a block too short for Unix", version2(0x21, 0x31, UNIX_BLOCK.slice(1)), "PROXY_LENGTH_INVALID"],
    ["a block too long", version2(0x21, 0x11, IPV4_BLOCK, 4097), "PROXY_LENGTH_INVALID"],
    ["a block too long, local", version2(0x20, 0x00, "", 65_535), "PROXY_LENGTH_INVALID"],
  ])("is wrong: %s", (_name, wire, fault) => {
    expectReading(mode, wire, { result: { fault, text: expect.any(String) }, rest: "" } as Reading);
  });
});

describe("no header", () => {
  const starts = [
    "GET / HTTP/1.1\r\n",
    "POST /",
    "PROXx",
    "PROXY1 ",
    "\x16\x03\x01",
    "\r\n\r\n\0\r\nQUIX",
    "\n",
    "\xff",
  ];

  test.each(starts)("optional: %j gives all bytes back", (wire) => {
    expectReading("optional", wire, { result: { version: undefined, addresses: undefined }, rest: wire });
  });

  test.each(starts)("required: %j is a fault", (wire) => {
    expectReading("required", wire, {
      result: { fault: "PROXY_HEADER_MISSING", text: "the connection does not begin with a PROXY protocol header" },
      rest: "",
    });
  });

  test.each([
    ["G", 1],
    ["PO", 2],
    ["PROXY\t", 6],
    ["\r\nG", 3],
  ])("%j is told from a header at byte %i", (wire, decided) => {
    const reader = new ProxyProtocolReader("optional");
    expect(reader.receive(latin1(wire).subarray(0, decided - 1))).toBeUndefined();
    expect(reader.receive(latin1(wire).subarray(decided - 1))).toEqual({ version: undefined, addresses: undefined });
  });
});

test("the result stays what it is", () => {
  const reader = new ProxyProtocolReader("required");
  const result = reader.receive(latin1("PROXY UNKNOWN\r\nab"));
  expect(reader.receive(latin1("more"))).toBe(result);
  expect(Buffer.from(reader.rest).toString()).toBe("ab");
});

test("any split of any bytes gives the same result", () => {
  const beginnings = fc.constantFrom(
    "",
    "P",
    "PROXY ",
    "PROXY TCP4 192.0.2.1 ",
    "PROXY UNKNOWN",
    SIGNATURE,
    version2(0x21, 0x11, IPV4_BLOCK),
  );
  const wires = fc.tuple(beginnings, fc.uint8Array({ maxLength: 150 }));
  const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 6 });
  fc.assert(
    fc.property(wires, cuts, fc.constantFrom<Mode>("optional", "required"), ([beginning, more], at, mode) => {
      const bytes = Buffer.concat([latin1(beginning), more]);
      const bounds = [0, ...at.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      const portions = bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
      expect(read(mode, portions)).toEqual(read(mode, [bytes]));
    }),
    { numRuns: 300 },
  );
});
