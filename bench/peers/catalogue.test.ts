import { describe, expect, test } from "vitest";
import { selectWorkloads } from "../workloads/catalogue.ts";
import { checkPeerNames, findPeer, labelsOf, takesPart } from "./catalogue.ts";
import { installationFolder, npmReason } from "./installation.ts";

test("a name given twice is numbered", () => {
  expect(labelsOf(["ws", "hawser", "ws", "ws"])).toEqual(["ws", "hawser", "ws-2", "ws-3"]);
});

test("an unknown name is refused, with those that are known", () => {
  expect(() => checkPeerNames(["ws", "socket.io"])).toThrow(/unknown peer socket.io, known: ws, .*undici/);
});

describe("who takes part", () => {
  test.each([
    ["hawser", ["pp125", "pl16", "bc1000", "cpp125", "idle-off"]],
    ["hawser-await", ["pp125", "pl16"]],
    ["hawser-handle", ["pp125", "pl16", "bc1000", "idle-off"]],
    ["ws-local", ["pp125", "pl16", "bc1000", "idle-off"]],
  ])("%s: %j", (name, expected) => {
    const workloads = selectWorkloads(["pp125", "pl16", "bc1000", "cpp125", "idle-off"]);
    const peer = findPeer(name);
    expect(workloads.filter((workload) => takesPart(peer, workload)).map(({ id }) => id)).toEqual(expected);
  });
});

test("what is installed has a folder of its own for its versions and its platform", () => {
  expect(installationFolder({ "@scope/a": "1.2.3", b: "4.0.0" }, "cache")).toBe(
    `cache/@scope+a@1.2.3_b@4.0.0_${process.platform}-${process.arch}`,
  );
});

describe("why npm failed", () => {
  test.each([
    [
      "no network",
      "npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error FetchError: no way\nnpm error     at Socket",
      "FetchError: no way",
    ],
    [
      "another platform",
      "npm ERR! code EBADPLATFORM\nnpm ERR! notsup Unsupported platform for bun",
      "notsup Unsupported platform for bun",
    ],
    ["something else", "killed\n", "killed"],
  ])("%s", (_name, stderr, expected) => {
    expect(npmReason(stderr)).toBe(expected);
  });
});
