import { describe } from "vitest";
import { chromiumPeer } from "./support/interop/chromium-peer.ts";
import { interopContract } from "./support/interop/contract.ts";
import { pagesContract } from "./support/interop/pages-contract.ts";
import { describeWith } from "./support/programs.ts";

describeWith("chromium", "Chromium", () => {
  const peer = chromiumPeer();
  interopContract(peer);
  describe("pages", () => pagesContract(peer, { fromElsewhere: "1.1" }));
});
