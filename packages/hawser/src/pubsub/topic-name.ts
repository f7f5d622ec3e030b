/**
 * What a topic may be called. Knows nothing of the names of any engine.
 */

/** UTF-16 code units: enough for a path of identifiers, and a bound on what a name costs. */
export const MAX_TOPIC_LENGTH = 255;

/** Control characters, and halves of surrogate pairs, which are not text that an engine could carry. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_ALLOWED = /[\u0000-\u001f\u007f]|\p{Surrogate}/u;

/** How much of a refused name an error message shows. */
const SHOWN = 40;

/** Whether `topic` is a name that a topic may have. */
export function isTopic(topic: unknown): topic is string {
  return typeof topic === "string" && topic !== "" && topic.length <= MAX_TOPIC_LENGTH && !NOT_ALLOWED.test(topic);
}

/** @throws {TypeError} if `topic` is no name; `action` begins the message. */
export function checkTopic(action: string, topic: unknown): string {
  if (isTopic(topic)) return topic;
  throw new TypeError(
    `Cannot ${action}: topic must be a string of 1 to ${MAX_TOPIC_LENGTH} characters without control characters, got ${shown(topic)}`,
  );
}

function shown(topic: unknown): string {
  if (typeof topic !== "string") return topic === null ? "null" : typeof topic;
  if (topic.length > MAX_TOPIC_LENGTH) return `${topic.length} characters`;
  return JSON.stringify(topic.length > SHOWN ? `${topic.slice(0, SHOWN)}...` : topic);
}
