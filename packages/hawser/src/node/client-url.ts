/**
 * The URLs that `connect()` takes (RFC 6455, section 3): parsed, checked, and with `http:` read as `ws:`.
 */

/** What a URL's scheme becomes; no other is taken. */
const SCHEMES: Readonly<Record<string, "ws:" | "wss:">> = {
  "ws:": "ws:",
  "wss:": "wss:",
  "http:": "ws:",
  "https:": "wss:",
};

/**
 * A `ws:` or `wss:` URL without a fragment. International host names are in ASCII, other characters percent-encoded.
 *
 * @throws {TypeError} if it cannot be connected to.
 */
export function parseClientUrl(value: string | URL): URL {
  const url = parse(value);
  const scheme = SCHEMES[url.protocol];
  if (scheme === undefined) throw invalid('must begin with "ws:" or "wss:"', value);
  url.protocol = scheme;
  if (url.hash !== "") throw invalid("must have no fragment", value);
  if (url.username !== "" && url.password === "" && !hasEmptyPassword(value)) {
    throw invalid("must have a password beside the user name, for Basic authorization", value);
  }
  return url;
}

/** The host without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}

export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "wss:" ? 443 : 80;
}

/** A URL for a text: without what only the server is to know. */
export function withoutCredentials(value: string | URL): string {
  return String(value).replace(/\/\/[^/?#]*@/, "//***@");
}

/** Of the text as given: `URL` would drop line breaks without a word. */
export function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function parse(value: string | URL): URL {
  if (typeof value !== "string" && !(value instanceof URL)) throw invalid("must be a string or a URL", value);
  const text = String(value);
  if (hasControlCharacter(text)) throw invalid("must have no control characters", value);
  if (!URL.canParse(text)) throw invalid("must be absolute and valid", value);
  return new URL(text);
}

/** `user:@host` says that the password is empty; parsed, it is no different from `user@host`. */
function hasEmptyPassword(value: string | URL): boolean {
  return typeof value === "string" && /^[^/?#]*\/\/[^/?#@:]*:@/.test(value);
}

function invalid(rule: string, value: unknown): TypeError {
  const shown = typeof value === "string" || value instanceof URL ? withoutCredentials(value) : value;
  return new TypeError(`Cannot connect: the URL ${rule}, got ${JSON.stringify(shown) ?? String(shown)}`);
}
