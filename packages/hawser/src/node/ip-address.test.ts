import { expect, test } from "vitest";
import { canonicalAddress, parsePort } from "./ip-address.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["::1", "::1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["0:0:0:0:0:ffff:c000:201", "192.0.2.1"],
  ["::ffff:0:0:1", "::ffff:0:0:1"],
  ["fe80::1%eth0", undefined],
  ["[::1]", undefined],
  ["01.2.3.4", undefined],
  ["1.2.3", undefined],
  ["localhost", undefined],
  ["", undefined],
])("the address %j is %j", (text, expected) => {
  expect(canonicalAddress(text)).toBe(expected);
});

test.each([
  ["0", 0],
  ["65535", 65_535],
  ["65536", undefined],
  ["08", undefined],
  ["+8", undefined],
  ["1e3", undefined],
  ["", undefined],
])("the port %j is %j", (text, expected) => {
  expect(parsePort(text)).toBe(expected);
});
