/**
 * The value of the `Date` header (RFC 9110, section 5.6.7).
 *
 * Its text is made once a second at most, when somebody asks, and kept: no timer keeps it fresh.
 */

let second = Number.NaN;
let text = "";

/** `now` as an HTTP date, such as `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function httpDate(now: number = Date.now()): string {
  const asked = Math.floor(now / 1000);
  if (asked === second) return text;
  second = asked;
  text = new Date(asked * 1000).toUTCString();
  return text;
}
