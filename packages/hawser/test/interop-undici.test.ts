import { interopContract } from "./support/interop/contract.ts";
import { undiciPeer } from "./support/interop/undici-peer.ts";

interopContract(undiciPeer());
