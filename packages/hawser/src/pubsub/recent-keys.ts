/**
 * Keys of publications that were seen, so that none is delivered twice. Bounded by count and age.
 */

/** For how long a key is known, and how many are. */
export const KeyWindow = {
  /** Milliseconds: longer than a publisher that lost its answer goes on trying. */
  MAX_AGE: 120_000,
  /** In all topics of a process: some megabytes with keys of ordinary length. */
  MAX_COUNT: 10_000,
} as const;

/** UTF-16 code units of a key. */
export const MAX_KEY_LENGTH = 255;

/** @throws {TypeError} if `key` is given and cannot be one; `action` begins the message. */
export function checkKey(action: string, key: unknown): string | undefined {
  if (key === undefined || isKey(key)) return key;
  const got = typeof key === "string" ? `${key.length} characters` : String(key);
  throw new TypeError(
    `Cannot ${action}: idempotencyKey must be a string of 1 to ${MAX_KEY_LENGTH} characters, got ${got}`,
  );
}

export function isKey(key: unknown): key is string {
  return typeof key === "string" && key !== "" && key.length <= MAX_KEY_LENGTH;
}

export interface KeyLimits {
  readonly maxCount: number;
  readonly maxAge: number;
}

const DEFAULT_LIMITS: KeyLimits = { maxCount: KeyWindow.MAX_COUNT, maxAge: KeyWindow.MAX_AGE };

/** Keys by topic, each with what is known of its publication. */
export class RecentKeys<Known> {
  readonly #limits: KeyLimits;
  /** In the order in which they came. */
  readonly #entries: Map<string, { readonly known: Known; readonly time: number }> = new Map();

  constructor(limits: KeyLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is known of the publication with this key, if there was one. */
  get(topic: string, key: string, now: number): Known | undefined {
    const entry = this.#entries.get(nameOf(topic, key));
    return entry === undefined || this.#isOver(entry.time, now) ? undefined : entry.known;
  }

  add(topic: string, key: string, known: Known, now: number): void {
    const name = nameOf(topic, key);
    this.#entries.delete(name);
    this.#entries.set(name, { known, time: now });
    for (const [oldest, { time }] of this.#entries) {
      if (this.#entries.size <= this.#limits.maxCount && !this.#isOver(time, now)) return;
      this.#entries.delete(oldest);
    }
  }

  #isOver(time: number, now: number): boolean {
    return now - time >= this.#limits.maxAge;
  }
}

/** No topic has a control character. */
function nameOf(topic: string, key: string): string {
  return `${topic}\n${key}`;
}
