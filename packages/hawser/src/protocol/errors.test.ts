import { describe, expect, test } from "vitest";
import { isSendableCloseCode, MAX_REASON_LENGTH } from "./close-code.ts";
import { type ProtocolErrorCode, ProtocolErrors, protocolFault } from "./errors.ts";

describe.each(Object.keys(ProtocolErrors) as ProtocolErrorCode[])("%s", (code) => {
  test("has a close code that may be sent", () => {
    expect(isSendableCloseCode(protocolFault(code).closeCode)).toBe(true);
  });

  test("fits in a Close frame with the largest values there are", () => {
    const { reason } = protocolFault(code, `${2 ** 63} > ${Number.MAX_SAFE_INTEGER} bytes`);
    expect(reason.length).toBeLessThanOrEqual(MAX_REASON_LENGTH);
  });

  test("has a rule of its own", () => {
    const same = Object.values(ProtocolErrors).filter(([, rule]) => rule === ProtocolErrors[code][1]);
    expect(same).toHaveLength(1);
  });
});

test("a fault says the rule and what broke it", () => {
  expect(protocolFault("MESSAGE_TOO_BIG", "11 > 10 bytes")).toEqual({
    code: "MESSAGE_TOO_BIG",
    closeCode: 1009,
    reason: "a message exceeds maxSize: 11 > 10 bytes",
  });
  expect(protocolFault("MASK_MISSING").reason).toBe("a client frame is not masked");
});
