/**
 * Words that several kinds of messages are made of: names, places, products, English sentences.
 */

import type { Random } from "./random.ts";

export const WORDS: readonly string[] = (
  "the to and a of in is it that for you on we with this be have are not but at from can if or so just was will " +
  "what there all do one now about when up out like get me my your see they think more time know our good how some " +
  "then should could here make need work only back after also new still way right let any first today where please " +
  "tomorrow morning meeting customer question release branch deploy server issue review changes build test broken " +
  "fixed number version update office lunch weekend train people maybe really thanks sorry agreed tonight waiting " +
  "before because something everything problem against between another different important remember understand " +
  "documentation database yesterday production staging feature looks great little another report numbers slide " +
  "invoice contract shipping design colour button screen mobile browser keyboard coffee window garden summer ticket " +
  "airport hotel reservation translation dictionary weather forecast umbrella neighbour bicycle mountain holiday"
).split(" ");

export const FIRST_NAMES: readonly string[] = (
  "Alice Bob Carla David Elena Farid Grace Hiro Ines Jonas Kavya Liam Maya Noah Olga Pedro Quinn Rosa Samir Tessa " +
  "Uwe Vera Wang Xenia Yusuf Zoe Anders Beatriz Chidi Dorota"
).split(" ");

export const LAST_NAMES: readonly string[] = (
  "Smith Nguyen Garcia Mueller Rossi Kowalski Haddad Tanaka Okafor Silva Petrov Larsen Dubois Novak Singh Kim Lopez " +
  "Fischer Moreau Jansen Costa Ivanova Berg Demir Adeyemi"
).split(" ");

export const PRODUCTS: readonly string[] = [
  "Steel bottle 750 ml",
  "Canvas tote, natural",
  "Trail running shoe",
  "Desk lamp with dimmer",
  "Wireless keyboard",
  "Merino base layer",
  "French press, 1 l",
  "Noise cancelling headphones",
  "Notebook, dotted, A5",
  "Folding bicycle pump",
  "Cast iron pan 28 cm",
  "USB-C cable, 2 m",
];

/** A sentence of English words, its first letter large, with a mark at the end. */
export function sentence(random: Random, least: number, most: number): string {
  const words = Array.from({ length: random.between(least, most) }, () => random.skewed(WORDS));
  const text = words.join(" ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}${random.skewed([".", ".", "!", "?", "..."])}`;
}

/** `2026-03-02T09:15:07.123Z`. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** When all streams begin: Monday, 2 March 2026, 09:00 UTC (ms). */
export const EPOCH = 1_772_442_000_000;
