/**
 * Octets that are UTF-8, and octets that are not, after the kinds of trouble that decoders are known for (RFC 3629).
 */

export type Utf8Sample = readonly [name: string, octets: Uint8Array<ArrayBuffer>];

function sample(name: string, hex: string): Utf8Sample {
  return [`${name} (${hex})`, Uint8Array.from(hex.split(" "), (octet) => Number.parseInt(octet, 16))];
}

export const VALID_UTF8: readonly Utf8Sample[] = [
  ["nothing", new Uint8Array(0)],
  sample("ASCII", "48 65 6c 6c 6f"),
  sample("the Greek word kosme", "ce ba e1 bd b9 cf 83 ce bc ce b5"),
  sample("U+0000, the first of one octet", "00"),
  sample("U+007F, the last of one octet", "7f"),
  sample("U+0080, the first of two", "c2 80"),
  sample("U+07FF, the last of two", "df bf"),
  sample("U+0800, the first of three", "e0 a0 80"),
  sample("U+0FFF, the last after e0", "e0 bf bf"),
  sample("U+1000, the first after e1", "e1 80 80"),
  sample("U+CFFF", "ec bf bf"),
  sample("U+D7FF, before the surrogates", "ed 9f bf"),
  sample("U+E000, after the surrogates", "ee 80 80"),
  sample("U+FDD0, not a character", "ef b7 90"),
  sample("U+FEFF, a byte order mark", "ef bb bf"),
  sample("U+FFFD, the replacement character", "ef bf bd"),
  sample("U+FFFF, the last of three", "ef bf bf"),
  sample("U+10000, the first of four", "f0 90 80 80"),
  sample("U+3FFFF, the last after f0", "f0 bf bf bf"),
  sample("U+40000, the first after f1", "f1 80 80 80"),
  sample("U+FFFFF, the last after f3", "f3 bf bf bf"),
  sample("U+100000, the first after f4", "f4 80 80 80"),
  sample("U+10FFFF, the last of all", "f4 8f bf bf"),
  sample("emoji between letters", "61 f0 9f 98 80 62"),
];

/** Wrong from some octet on, whatever may follow. */
export const BROKEN_UTF8: readonly Utf8Sample[] = [
  sample("a continuation alone", "80"),
  sample("the last continuation alone", "bf"),
  sample("a continuation after a letter", "61 80"),
  sample("two continuations", "80 bf"),
  sample("one continuation too many", "c2 80 80"),
  sample("a letter instead of a continuation", "c3 28"),
  sample("a letter instead of the second of three", "e2 28 a1"),
  sample("a letter instead of the third of three", "e2 82 28"),
  sample("a letter instead of the second of four", "f0 28 8c bc"),
  sample("a letter instead of the third of four", "f0 90 28 bc"),
  sample("a letter instead of the fourth of four", "f0 90 8c 28"),
  sample("a first octet instead of a continuation", "e2 c2 80"),
  sample("a slash overlong in two octets", "c0 af"),
  sample("a slash overlong in three", "e0 80 af"),
  sample("a slash overlong in four", "f0 80 80 af"),
  sample("a slash overlong in five", "f8 80 80 80 af"),
  sample("a slash overlong in six", "fc 80 80 80 80 af"),
  sample("U+007F overlong in two", "c1 bf"),
  sample("U+07FF overlong in three", "e0 9f bf"),
  sample("U+FFFF overlong in four", "f0 8f bf bf"),
  sample("NUL overlong in two", "c0 80"),
  sample("NUL overlong in three", "e0 80 80"),
  sample("NUL overlong in four", "f0 80 80 80"),
  sample("U+D800, the first high surrogate", "ed a0 80"),
  sample("U+DB7F", "ed ad bf"),
  sample("U+DBFF, the last high surrogate", "ed af bf"),
  sample("U+DC00, the first low surrogate", "ed b0 80"),
  sample("U+DFFF, the last low surrogate", "ed bf bf"),
  sample("a pair of surrogates", "ed a0 80 ed b0 80"),
  sample("U+110000, beyond the last", "f4 90 80 80"),
  sample("U+1FFFFF", "f7 bf bf bf"),
  sample("U+140000", "f5 80 80 80"),
  sample("five octets", "f8 88 80 80 80"),
  sample("six octets", "fc 84 80 80 80 80"),
  sample("fe", "fe"),
  sample("ff", "ff"),
  sample("fe and ff", "fe fe ff ff"),
];

/** Right so far, but ended inside a character. */
export const CUT_UTF8: readonly Utf8Sample[] = [
  sample("the first of two octets", "c3"),
  sample("the first of two, after a letter", "61 df"),
  sample("the first of three", "e2"),
  sample("two of three", "e2 82"),
  sample("two of three after e0", "e0 a0"),
  sample("two of three after ed", "ed 9f"),
  sample("the first of four", "f0"),
  sample("two of four", "f0 9f"),
  sample("three of four", "f0 9f 98"),
  sample("three of four after f4", "f4 8f bf"),
  sample("the first of four after f1", "f1"),
];
