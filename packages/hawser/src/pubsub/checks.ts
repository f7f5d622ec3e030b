/**
 * Shapes of values from elsewhere: from an engine, or from an application that had them from its client.
 */

import type { PresenceRecord } from "./backplane.ts";
import type { Position } from "./publication.ts";

/** UTF-16 code units of an epoch. */
const MAX_EPOCH_LENGTH = 128;

/** UTF-16 code units of a member's id. */
const MAX_MEMBER_ID_LENGTH = 128;

/** UTF-16 code units of the JSON that a member is described with. */
export const MAX_MEMBER_DATA_LENGTH = 4_096;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isPosition(value: unknown): value is Position {
  if (!isRecord(value)) return false;
  const { epoch, offset } = value;
  const isEpoch = typeof epoch === "string" && epoch !== "" && epoch.length <= MAX_EPOCH_LENGTH;
  return isEpoch && Number.isSafeInteger(offset) && (offset as number) >= 0;
}

/** @throws {TypeError} if `since` is given and is no position; `action` begins the message. */
export function checkSince(action: string, since: unknown): Position | undefined {
  if (since === undefined) return undefined;
  // The caller may go on counting in it
  if (isPosition(since)) return { epoch: since.epoch, offset: since.offset };
  throw new TypeError(
    `Cannot ${action}: since must be { epoch: string, offset: number of at least 0 }, got ${JSON.stringify(since) ?? String(since)}`,
  );
}

export function isPresenceRecord(value: unknown): value is PresenceRecord {
  if (!isRecord(value)) return false;
  const { id, data } = value;
  if (typeof id !== "string" || id === "" || id.length > MAX_MEMBER_ID_LENGTH) return false;
  return typeof data === "string" && data.length <= MAX_MEMBER_DATA_LENGTH;
}
