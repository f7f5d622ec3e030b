import { describe, expect, test } from "vitest";
import { nearestName, refuseUnknownOptions } from "./option-names.ts";

const KNOWN = ["port", "pingInterval", "pingTimeout", "maxSize"];

describe("refuseUnknownOptions", () => {
  test.each([{}, { port: 1 }, { pingInterval: undefined, maxSize: 3 }])("accepts %j", (options) => {
    expect(() => refuseUnknownOptions("Cannot serve", options, KNOWN)).not.toThrow();
  });

  test("names the action, the unknown option and the nearest known one", () => {
    expect(() => refuseUnknownOptions("Cannot serve", { port: 1, pingIntervall: 5 }, KNOWN)).toThrow(
      new TypeError('Cannot serve: there is no option "pingIntervall", did you mean "pingInterval"?'),
    );
  });

  test("looks at own names only", () => {
    expect(() => refuseUnknownOptions("Cannot serve", Object.create({ prot: 1 }), KNOWN)).not.toThrow();
  });

  test("refuses a name that objects inherit", () => {
    expect(() => refuseUnknownOptions("Cannot serve", { toString: 1 }, KNOWN)).toThrow(TypeError);
  });
});

describe("nearestName", () => {
  test.each([
    ["prot", "port"],
    ["PORT", "port"],
    ["maxsize", "maxSize"],
    ["maxPayload", "maxSize"],
    ["pingTimeOut", "pingTimeout"],
    ["pingInt", "pingInterval"],
    ["", "port"],
  ])("of %j is %j", (name, expected) => {
    expect(nearestName(name, KNOWN)).toBe(expected);
  });

  test("takes the first of equally near ones", () => {
    expect(nearestName("bc", ["bd", "ac"])).toBe("bd");
  });

  test("is undefined when nothing is known", () => {
    expect(nearestName("port", [])).toBeUndefined();
  });
});
