/**
 * Topics between processes: the contract of a backplane, the wire form, and an engine in memory. Without platform; the entry point
 * `hawser/pubsub` adds this one's clock.
 */

export type { Answer } from "./answer.ts";
export {
  type Backplane,
  BackplaneError,
  type BackplanePresence,
  type BackplaneReceiver,
  type HistoryLimits,
  type HistoryPage,
  type HistoryRequest,
  type PresenceRecord,
  type Receipt,
  type TopicInterest,
} from "./backplane.ts";
export { isPresenceRecord, MAX_MEMBER_DATA_LENGTH } from "./checks.ts";
export { MemoryEngine, type MemoryPlatform } from "./memory-engine.ts";
export {
  type Payload,
  type Position,
  type Publication,
  type PublicationKind,
  type StoredPublication,
  stored,
} from "./publication.ts";
export { KeyWindow, MAX_KEY_LENGTH, RecentKeys } from "./recent-keys.ts";
export { isTopic, MAX_TOPIC_LENGTH } from "./topic-name.ts";
export { decodeWire, encodeWire, WIRE_VERSION, type WireFault, WireLimits, type WireMessage } from "./wire-form.ts";
