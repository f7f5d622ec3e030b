/**
 * Chance that is the same on every machine: sfc32, seeded by a word.
 *
 * Whole numbers and fractions only; no function whose last digit is left to the platform, such as `Math.log`.
 */

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    [this.#a, this.#b, this.#c] = [hashOf(`${seed}/a`), hashOf(`${seed}/b`), hashOf(`${seed}/c`)];
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** 0 to 2 ** 32 - 1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** From 0, 1 excluded. */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.between(0, items.length - 1)]!;
  }

  /** The first items often, the last seldom, as words of a language come. */
  skewed<Item>(items: readonly Item[]): Item {
    const place = this.fraction() * this.fraction() * this.fraction();
    return items[Math.floor(place * items.length)]!;
  }

  /** About a normal distribution around 0 with a spread of 1: the sum of four. */
  bell(): number {
    const sum = this.fraction() + this.fraction() + this.fraction() + this.fraction();
    return (sum - 2) * 1.7320508;
  }

  hex(digits: number): string {
    return this.#digits(digits, "0123456789abcdef");
  }

  base64url(digits: number): string {
    return this.#digits(digits, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
  }

  /** In the form of a UUID of version 4. */
  uuid(): string {
    return [this.hex(8), this.hex(4), `4${this.hex(3)}`, `${this.pick(["8", "9", "a", "b"])}${this.hex(3)}`]
      .concat(this.hex(12))
      .join("-");
  }

  #digits(count: number, alphabet: string): string {
    let text = "";
    for (let index = 0; index < count; index++) text += alphabet[this.uint32() % alphabet.length];
    return text;
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
