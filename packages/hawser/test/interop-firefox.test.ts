import { describe } from "vitest";
import { interopContract } from "./support/interop/contract.ts";
import { firefoxPeer } from "./support/interop/firefox-peer.ts";
import { pagesContract } from "./support/interop/pages-contract.ts";
import { describeWith } from "./support/programs.ts";

describeWith("firefox", "Firefox", () => {
  const peer = firefoxPeer();
  interopContract(peer);
  describe("pages", () => pagesContract(peer, { fromElsewhere: "2.0" }));
});
