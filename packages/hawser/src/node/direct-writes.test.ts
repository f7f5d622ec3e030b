import { expect, test } from "vitest";
import { connectedSockets } from "../../test/support/transport-pairs.ts";
import { readToEnd } from "../../test/support/transport-recorder.ts";
import { contractOf, findDirectDriver } from "./direct-writes.ts";
import { thisHost, triedContract } from "./handle-trial.ts";
import { handleOf, openStreamBinding } from "./tcp-handles.ts";

const NOBODY = { written() {}, shutDown() {} };

test("works on this version of Node, and is tried out once", async () => {
  await expect(findDirectDriver()).resolves.toEqual(expect.objectContaining({ write: expect.any(Function) }));
  expect(findDirectDriver()).toBe(findDirectDriver());
});

test("Node is seen writing as it was when it was tried, and then as before", async () => {
  const { near, far } = await connectedSockets();
  const own = () => Object.hasOwn(handleOf(near)!, "writeBuffer");
  expect(contractOf(near, openStreamBinding())).toBe(triedContract(thisHost()));
  expect(own()).toBe(false);
  near.end("b");
  expect((await readToEnd(far)).toString()).toBe("ab");
});

test("a Node that gives its handles something else is told apart", async () => {
  const { near } = await connectedSockets();
  // As if the class of requests were another one
  const contract = contractOf(near, { WriteWrap: class {} as never });
  expect(contract).toBe(triedContract(thisHost()) === "result" ? "result" : undefined);
});

test("a handle that is being closed refuses, which its transport may not know yet", async () => {
  const { near } = await connectedSockets();
  const driver = (await findDirectDriver())!;
  const handle = handleOf(near)!;
  near.destroy();
  expect(handleOf(near)).toBeUndefined();
  expect(driver.write(handle, Buffer.from("late"), NOBODY)).toBeLessThan(0);
});
