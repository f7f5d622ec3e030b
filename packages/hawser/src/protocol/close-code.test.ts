import { describe, expect, test } from "vitest";
import { CloseCode, isSendableCloseCode, MAX_REASON_LENGTH } from "./close-code.ts";

/** RFC 6455, section 7.4.2, and the registry. */
const SENDABLE: readonly (readonly [first: number, last: number])[] = [
  [1000, 1003],
  [1007, 1014],
  [3000, 4999],
];

test("of all codes that two bytes can hold, those of the registry and of the open ranges may be sent", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const isSendable = SENDABLE.some(([first, last]) => code >= first && code <= last);
    if (isSendableCloseCode(code) !== isSendable) expect.fail(`${code}: ${!isSendable}`);
  }
});

describe("what is no code", () => {
  test.each([1000.5, 3000.5, 4999.5, Number.NaN, -1000, Number.POSITIVE_INFINITY, 66_536])("%d", (code) => {
    expect(isSendableCloseCode(code)).toBe(false);
  });
});

test("the codes that must not be sent are named all the same", () => {
  const reserved = Object.values(CloseCode).filter((code) => !isSendableCloseCode(code));
  expect(reserved).toEqual([1005, 1006, 1015]);
});

test("the longest reason and a status code fill a control frame", () => {
  expect(MAX_REASON_LENGTH + 2).toBe(125);
});
