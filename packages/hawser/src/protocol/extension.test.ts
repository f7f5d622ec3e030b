import { expect, test } from "vitest";
import { type Extension, releaseExtensions } from "./extension.ts";

test("one that throws keeps no other from being released", () => {
  const released: string[] = [];
  const named = (name: string, release?: () => void): Extension => ({
    name,
    parameters: new Map(),
    rsv: 0,
    encode: () => undefined,
    decode: (payload) => payload,
    ...(release && { release }),
  });
  const broken = () => {
    throw new Error("broken");
  };
  releaseExtensions([named("a"), named("b", broken), named("c", () => released.push("c"))]);
  expect(released).toEqual(["c"]);
});
