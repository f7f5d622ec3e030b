import { interopContract } from "./support/interop/contract.ts";
import { wsPeer } from "./support/interop/ws-peer.ts";

interopContract(wsPeer);
