import { expect, test } from "vitest";
import { tryHandlesOnce } from "./handle-trial.ts";

test.each(["tcp", "pipe"] as const)("%s", async (k) => {
  const v = await tryHandlesOnce(k);
  expect(v.trouble).toBe(undefined);
});
