/**
 * HTTP Basic authentication of the opening handshake (RFC 7617), as a hook.
 *
 * Passwords are compared as digests, all of them, every time: how long it takes tells neither whether a username exists nor how
 * much of a password was right (as far as our own comparison goes: what `checkCredentials` does is the application's).
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { quote } from "../handshake/errors.ts";
import type { HttpHeaders } from "../handshake/http-headers.ts";
import { consistsOf, FIELD_VALUE } from "../handshake/octets.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { ProcessRequest } from "./request-hooks.ts";
import { respond } from "./respond.ts";

/** Who may connect. The username must not contain a colon, neither of them a control character. */
export type Credentials = readonly [username: string, password: string];

interface BasicAuthRealm {
  /**
   * What the user is asked to log in to; browsers show it, some of them.
   *
   * @default ""
   */
  readonly realm?: string;
}

export interface BasicAuthCredentials extends BasicAuthRealm {
  /** One pair, or any number of them. A username may have several passwords. */
  readonly credentials: Credentials | Iterable<Credentials>;
  readonly checkCredentials?: never;
}

export interface BasicAuthCheck extends BasicAuthRealm {
  /**
   * Whether the password is the user's: `true`, and nothing else, lets the client in. Throwing answers 500.
   *
   * Compare in constant time, and let an unknown username take as long as a known one.
   */
  readonly checkCredentials: (username: string, password: string) => boolean | Promise<boolean>;
  readonly credentials?: never;
}

export type BasicAuthOptions = BasicAuthCredentials | BasicAuthCheck;

const ACTION = "Cannot set up basicAuth";

/**
 * A `processRequest` that answers 401 unless the request has valid credentials, and sets the connection's `username` if it has.
 *
 * Credentials are sent in the clear: use TLS. Browsers' `WebSocket` sends none unless the page's own were asked for.
 *
 * ```ts
 * serve(handler, { processRequest: basicAuth({ realm: "feed", credentials: ["hello", "iloveyou"] }) });
 * ```
 *
 * @throws {TypeError} for unknown options, not exactly one of `credentials` and `checkCredentials`, or values that cannot be sent.
 */
export function basicAuth(options: BasicAuthOptions): ProcessRequest {
  refuseUnknownOptions(ACTION, options, ["realm", "credentials", "checkCredentials"]);
  const challenge = challengeOf(options.realm ?? "");
  const check = resolveCheck(options);
  return (request, connection) => {
    const login = readLogin(request.headers);
    if (typeof login === "string") return unauthorized(login, challenge);
    const finish = (isValid: boolean) => {
      if (isValid !== true) return unauthorized("Invalid credentials", challenge);
      connection.username = login.username;
      return undefined;
    };
    const isValid = check(login);
    return typeof isValid === "boolean" ? finish(isValid) : Promise.resolve(isValid).then(finish);
  };
}

/** What a client claims. */
interface Login {
  readonly username: string;
  readonly password: string;
  /** Both, as sent: bytes of UTF-8 with a colon between them. */
  readonly bytes: Uint8Array;
}

type LoginCheck = (login: Login) => boolean | Promise<boolean>;

// The challenge

function challengeOf(realm: string): string {
  if (typeof realm !== "string" || !consistsOf(realm, FIELD_VALUE)) {
    throw new TypeError(
      `${ACTION}: realm must be a string of ISO-8859-1 without control characters, got ${quote(String(realm))}`,
    );
  }
  // RFC 7617, section 2.1: charset tells clients to encode credentials as we decode them
  return `Basic realm="${realm.replace(/["\\]/g, "\\$&")}", charset="UTF-8"`;
}

function unauthorized(text: string, challenge: string): Response {
  return respond(401, `${text}\n`, { "WWW-Authenticate": challenge });
}

// What the client sent

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** RFC 9110, section 11.4: scheme, spaces, token68; here the token68 is base64. */
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** The login, or what is wrong. */
function readLogin(headers: HttpHeaders): Login | string {
  const [authorization, ...others] = headers.getAll("Authorization");
  if (authorization === undefined) return "Missing credentials";
  const encoded = others.length === 0 ? BASIC.exec(authorization)?.[1] : undefined;
  if (encoded === undefined) return "Unsupported credentials";
  const bytes = Buffer.from(encoded, "base64");
  // The decoder takes anything: only what encodes to the same text again was base64
  if (bytes.toString("base64") !== encoded) return "Unsupported credentials";
  return parseLogin(bytes) ?? "Invalid credentials";
}

/** RFC 7617 2: "the first colon ... separates user-id and password", and neither has control characters. */
function parseLogin(bytes: Uint8Array): Login | undefined {
  const text = decodeUtf8(bytes);
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon < 0 || hasControlCharacter(text)) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1), bytes };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

// What it is compared with

function resolveCheck({ credentials, checkCredentials }: BasicAuthOptions): LoginCheck {
  if ((credentials === undefined) === (checkCredentials === undefined)) {
    const got = credentials === undefined ? "neither" : "both";
    throw new TypeError(`${ACTION}: exactly one of credentials and checkCredentials must be given, got ${got}`);
  }
  if (credentials !== undefined) return compareWith(pairsOf(credentials));
  if (typeof checkCredentials !== "function") {
    throw new TypeError(`${ACTION}: checkCredentials must be a function, got ${typeof checkCredentials}`);
  }
  return ({ username, password }) => checkCredentials(username, password);
}

function compareWith(pairs: readonly Credentials[]): LoginCheck {
  const digests = pairs.map(([username, password]) => digest(`${username}:${password}`));
  return ({ bytes }) => {
    const claimed = digest(bytes);
    let isValid = false;
    // No short cut: every pair is compared
    for (const expected of digests) isValid = timingSafeEqual(claimed, expected) || isValid;
    return isValid;
  };
}

function digest(credentials: string | Uint8Array): Buffer {
  return createHash("sha256").update(credentials).digest();
}

function pairsOf(credentials: Credentials | Iterable<Credentials>): Credentials[] {
  const pairs = isPair(credentials) ? [credentials] : listOf(credentials);
  if (pairs.length === 0) throw new TypeError(`${ACTION}: credentials must have at least one pair, got none`);
  for (const pair of pairs) checkPair(pair);
  return pairs;
}

function listOf(credentials: Iterable<Credentials>): Credentials[] {
  if (typeof credentials === "object" && typeof credentials?.[Symbol.iterator] === "function") return [...credentials];
  throw new TypeError(`${ACTION}: credentials must be a [username, password] pair or pairs, got ${typeof credentials}`);
}

function isPair(credentials: unknown): credentials is Credentials {
  return Array.isArray(credentials) && typeof credentials[0] === "string";
}

/** A password never gets into a message. */
function checkPair(pair: Credentials): void {
  if (!isPair(pair) || pair.length !== 2 || typeof pair[1] !== "string") {
    throw new TypeError(`${ACTION}: credentials must be [username, password] pairs of two strings`);
  }
  const [username, password] = pair;
  if (username.includes(":") || hasControlCharacter(username)) {
    throw new TypeError(
      `${ACTION}: a username must have neither colons nor control characters (RFC 7617, section 2), got ${quote(username)}`,
    );
  }
  if (!hasControlCharacter(password)) return;
  throw new TypeError(`${ACTION}: the password of ${quote(username)} has control characters (RFC 7617, section 2)`);
}
