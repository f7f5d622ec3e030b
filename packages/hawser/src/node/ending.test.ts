import { describe, expect, test } from "vitest";
import type { CloseInfo } from "../protocol/closing.ts";
import type { Role } from "../protocol/settings.ts";
import { codeLabel, endingOf } from "./ending.ts";

function info(received: number | undefined, sent: number | undefined, receivedThenSent?: boolean): CloseInfo {
  const status = (code: number | undefined) => (code === undefined ? undefined : { code, reason: "" });
  return {
    code: received ?? 1006,
    reason: "",
    received: status(received),
    sent: status(sent),
    receivedThenSent,
    fault: undefined,
  };
}

describe.each<[Role, Role]>([
  ["server", "client"],
  ["client", "server"],
])("%s", (role, peer) => {
  test.each<[string, CloseInfo, string, number]>([
    ["the peer closed, and was answered", info(1001, 1001, true), peer, 1001],
    ["the peer closed, and could not be answered", info(4001, undefined), peer, 4001],
    ["we closed, and were answered", info(1000, 1009, false), role, 1009],
    ["we closed, and were not answered", info(undefined, 1011), role, 1011],
    ["nobody closed", info(undefined, undefined), "none", 1006],
  ])("%s", (_case, ended, initiator, code) => {
    expect(endingOf(ended, role)).toEqual({ initiator, code });
  });
});

test.each([
  [1000, "1000"],
  [1015, "1015"],
  [3000, "3xxx"],
  [4999, "4xxx"],
])("%i counts as %s", (code, label) => {
  expect(codeLabel(code)).toBe(label);
});
