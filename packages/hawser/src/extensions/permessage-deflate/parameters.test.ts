import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ParameterList } from "../../handshake/extension-negotiation.ts";
import { parseOffer, parseResponse, toParameterList } from "./parameters.ts";

const NONE = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
};

describe.each([
  ["an offer", parseOffer],
  ["a response", parseResponse],
] as const)("%s", (_name, parse) => {
  test.each<[ParameterList, object]>([
    [[], {}],
    [[["server_no_context_takeover", true]], { serverNoContextTakeover: true }],
    [[["client_no_context_takeover", true]], { clientNoContextTakeover: true }],
    [[["server_max_window_bits", "8"]], { serverMaxWindowBits: 8 }],
    [[["server_max_window_bits", "9"]], { serverMaxWindowBits: 9 }],
    [[["client_max_window_bits", "10"]], { clientMaxWindowBits: 10 }],
    [[["client_max_window_bits", "15"]], { clientMaxWindowBits: 15 }],
  ])("with %j", (list, expected) => {
    expect(parse(list)).toEqual({ ...NONE, ...expected });
    expect(toParameterList({ ...NONE, ...expected })).toEqual(list);
  });

  const bits = ["7", "16", "0", "08", "+9", "-9", "0x0a", "1e1", "10.0", " 9", "9 ", "", "150", "١٢", "twelve"];

  test.each<[ParameterList, string]>([
    ...(["server_max_window_bits", "client_max_window_bits"] as const).flatMap((name) =>
      bits.map((value): [ParameterList, string] => [
        [[name, value]],
        `${name} must be a decimal number from 8 to 15, got ${JSON.stringify(value)}`,
      ]),
    ),
    [[["server_max_window_bits", true]], "server_max_window_bits must be a decimal number from 8 to 15, got no value"],
    [[["server_no_context_takeover", "1"]], 'server_no_context_takeover must have no value, got "1"'],
    [[["client_no_context_takeover", ""]], 'client_no_context_takeover must have no value, got ""'],
    [[["max_window_bits", "10"]], 'there is no parameter "max_window_bits"'],
    [[["Server_Max_Window_Bits", "10"]], 'there is no parameter "Server_Max_Window_Bits"'],
    [[["__proto__", true]], 'there is no parameter "__proto__"'],
  ])("with %j is not valid", (list, reason) => {
    expect(parse(list)).toBe(reason);
    expect(parse([["client_no_context_takeover", true], ...list])).toBeTypeOf("string");
  });

  test("with a parameter twice is not valid", () => {
    const twice: ParameterList = [
      ["server_max_window_bits", "10"],
      ["server_max_window_bits", "10"],
    ];
    expect(parse(twice)).toBe("server_max_window_bits stands twice");
  });

  test("never throws, and says a reason or what can be written again", () => {
    const names = fc.oneof(
      fc.constantFrom("server_no_context_takeover", "client_no_context_takeover"),
      fc.constantFrom("server_max_window_bits", "client_max_window_bits"),
      fc.string(),
    );
    const values = fc.oneof(fc.constant(true as const), fc.integer({ min: 6, max: 17 }).map(String), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(names, values), { maxLength: 6 }), (list) => {
        const parameters = parse(list);
        if (typeof parameters === "string") expect(parameters.length).toBeGreaterThan(0);
        else expect(parse(toParameterList(parameters))).toEqual(parameters);
      }),
    );
  });
});

describe("client_max_window_bits without a value", () => {
  const list: ParameterList = [["client_max_window_bits", true]];

  test("is valid in an offer", () => {
    expect(parseOffer(list)).toEqual({ ...NONE, clientMaxWindowBits: true });
    expect(toParameterList({ ...NONE, clientMaxWindowBits: true })).toEqual(list);
  });

  test("is not valid in a response", () => {
    expect(parseResponse(list)).toBe("client_max_window_bits has no value");
  });
});

test("parameters are written in the order of the RFC", () => {
  const all = {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    serverMaxWindowBits: 9,
    clientMaxWindowBits: 8,
  };
  expect(toParameterList(all)).toEqual([
    ["server_no_context_takeover", true],
    ["client_no_context_takeover", true],
    ["server_max_window_bits", "9"],
    ["client_max_window_bits", "8"],
  ]);
});
