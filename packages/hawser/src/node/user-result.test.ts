import { describe, expect, test, vi } from "vitest";
import { settled } from "./user-result.ts";

describe("settled", () => {
  test.each([undefined, null, 1, "text", {}, { [Symbol.iterator]: 1 }])("%j: nothing to wait for", (result) => {
    expect(settled(result, () => {})).toBeUndefined();
  });

  test("a promise that resolves", async () => {
    const failed = vi.fn();
    await expect(settled(Promise.resolve("value"), failed)).resolves.toBeUndefined();
    expect(failed).not.toHaveBeenCalled();
  });

  test("a promise that rejects", async () => {
    const failed = vi.fn();
    await expect(settled(Promise.reject(new Error("broken")), failed)).resolves.toBeUndefined();
    expect(failed).toHaveBeenCalledExactlyOnceWith(new Error("broken"));
  });
});
