import { memoryEngine } from "hawser/pubsub";
import { describe } from "vitest";
import { backplaneContract } from "./backplane-contract.ts";

describe.each([
  ["memory", {}],
  ["memory that forgets", { isEmpty: true }],
])("", (name, options) => {
  backplaneContract(name, async () => {
    const engine = memoryEngine();
    return {
      create: async () => engine.backplane(),
      breakLink: () => engine.goAway(),
      restoreLink: () => engine.comeBack(options),
      keepsHistory: true,
      keepsPresence: true,
    };
  });
});
