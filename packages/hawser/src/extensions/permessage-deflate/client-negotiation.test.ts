import { describe, expect, test } from "vitest";
import { agreeOnResponse } from "./client-negotiation.ts";

const NONE = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
};

type Value = number | boolean | undefined;

function agree(name: keyof typeof NONE, offered: Value, answered: Value): unknown {
  const agreement = agreeOnResponse({ ...NONE, [name]: offered }, { ...NONE, [name]: answered });
  return typeof agreement === "string" ? agreement : agreement[name];
}

describe.each<[keyof typeof NONE, [Value, Value, Value | string][]]>([
  [
    "serverNoContextTakeover",
    [
      [false, false, false],
      [false, true, true],
      [true, false, "server_no_context_takeover was offered and is missing"],
      [true, true, true],
    ],
  ],
  [
    "clientNoContextTakeover",
    [
      [false, false, false],
      [false, true, true],
      [true, false, true],
      [true, true, true],
    ],
  ],
  [
    "serverMaxWindowBits",
    [
      [undefined, undefined, undefined],
      [undefined, 10, 10],
      [12, undefined, "server_max_window_bits was offered as 12 and is missing"],
      [12, 10, 10],
      [12, 12, 12],
      [12, 13, "server_max_window_bits was offered as 12, got 13"],
    ],
  ],
  [
    "clientMaxWindowBits",
    [
      [undefined, undefined, undefined],
      [undefined, 10, "client_max_window_bits was not offered, got 10"],
      [true, undefined, undefined],
      [true, 10, 10],
      [true, 8, 8],
      [12, undefined, 12],
      [12, 10, 10],
      [12, 12, 12],
      [12, 13, "client_max_window_bits was offered as 12, got 13"],
    ],
  ],
])("%s", (name, rows) => {
  test.each(rows)("offered %j, answered %j: agreed %j", (offered, answered, agreed) => {
    expect(agree(name, offered, answered)).toBe(agreed);
  });
});
