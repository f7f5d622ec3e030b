/**
 * Tests of applications without sockets and without waiting: both ends of a connection joined in memory, or one end before a
 * peer that follows a script, under a clock that the test turns. And a meter for what a connection costs in memory.
 *
 * @module
 */

export type { Clock } from "../node/clock.ts";
export { type ConnectedPair, type ConnectedPairOptions, connectedPair } from "./connected-pair.ts";
export { FakeClock } from "./fake-clock.ts";
export type { LinkDirection, LinkDirectionOptions } from "./link-direction.ts";
export { type MemoryCost, type MemoryMeasurement, type MemoryReport, measureMemory } from "./memory-meter.ts";
export { type LinkOptions, MemoryLink, type MemoryTransport } from "./memory-transport.ts";
export type { RawFrame, ReceivedFrame } from "./raw-frame.ts";
export { type Scripted, type ScriptedPeer, type ScriptedPeerOptions, scriptedPeer } from "./scripted-peer.ts";
