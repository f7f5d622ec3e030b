import { describe, expect, test } from "vitest";
import { answerOffer } from "./server-negotiation.ts";

const NO_WISHES = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
  requireClientMaxWindowBits: false,
};
const EMPTY_OFFER = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
};

describe.each(["serverNoContextTakeover", "clientNoContextTakeover"] as const)("%s", (name) => {
  test.each([
    [false, false, false],
    [false, true, true],
    [true, false, true],
    [true, true, true],
  ])("wished %j, offered %j: answered %j", (wished, offered, answered) => {
    const response = answerOffer({ ...NO_WISHES, [name]: wished }, { ...EMPTY_OFFER, [name]: offered });
    expect(response).toEqual({ ...EMPTY_OFFER, [name]: answered });
  });
});

describe("serverMaxWindowBits", () => {
  test.each([
    [undefined, undefined, undefined],
    [undefined, 10, 10],
    [undefined, 8, 8],
    [12, undefined, 12],
    [12, 10, 10],
    [12, 8, 8],
    [12, 12, 12],
    [12, 15, 12],
    [8, 15, 8],
  ])("wished %j, offered %j: answered %j", (wished, offered, answered) => {
    const wishes = { ...NO_WISHES, serverMaxWindowBits: wished };
    expect(answerOffer(wishes, { ...EMPTY_OFFER, serverMaxWindowBits: offered })?.serverMaxWindowBits).toBe(answered);
  });
});

describe("clientMaxWindowBits", () => {
  test.each([
    [undefined, undefined, undefined],
    [undefined, true, undefined],
    [undefined, 10, 10],
    [12, undefined, undefined],
    [12, true, 12],
    [12, 10, 10],
    [12, 12, 12],
    [12, 15, 12],
  ] as const)("wished %j, offered %j: answered %j", (wished, offered, answered) => {
    const wishes = { ...NO_WISHES, clientMaxWindowBits: wished };
    expect(answerOffer(wishes, { ...EMPTY_OFFER, clientMaxWindowBits: offered })?.clientMaxWindowBits).toBe(answered);
  });

  test.each([
    [undefined, undefined],
    [true, { ...EMPTY_OFFER, clientMaxWindowBits: 12 }],
    [10, { ...EMPTY_OFFER, clientMaxWindowBits: 10 }],
  ] as const)("required, offered %j: answered %j", (offered, answered) => {
    const wishes = { ...NO_WISHES, clientMaxWindowBits: 12, requireClientMaxWindowBits: true };
    expect(answerOffer(wishes, { ...EMPTY_OFFER, clientMaxWindowBits: offered })).toEqual(answered);
  });
});
