/**
 * Judges a server's response to an opening handshake (RFC 6455, section 4.2.2).
 */

import type { Answer, Profile } from "./case.ts";
import { Mismatch } from "./perform.ts";
import { type DeflateParameters, deflateParameters, parseExtensions, responseFault } from "./wire/extension-header.ts";
import { acceptOf, type Head, hasToken, headerOf, statusOf } from "./wire/http.ts";

/** What the suite sent, as far as the answer depends on it. */
export interface SentRequest {
  readonly key: string;
  /** The value of Sec-WebSocket-Extensions; empty without one. */
  readonly offers: string;
}

function expectHeader(head: Head, name: string, value: string): void {
  const observed = headerOf(head, name);
  if (observed !== value)
    throw new Mismatch(`${name}: ${value}`, observed === undefined ? "none" : `${name}: ${observed}`);
}

function expectUpgrade(head: Head, key: string): void {
  if (!hasToken(head, "upgrade", "websocket"))
    throw new Mismatch("Upgrade: websocket", headerOf(head, "upgrade") ?? "none");
  if (!hasToken(head, "connection", "upgrade")) {
    throw new Mismatch("Connection: Upgrade", headerOf(head, "connection") ?? "none");
  }
  expectHeader(head, "sec-websocket-accept", acceptOf(key));
}

function expectSubprotocol(head: Head, allowed: readonly string[]): void {
  const chosen = headerOf(head, "sec-websocket-protocol");
  if (chosen === undefined || allowed.includes(chosen)) return;
  throw new Mismatch(
    allowed.length === 0 ? "no subprotocol" : `subprotocol ${allowed.join(" or ")}`,
    `subprotocol ${chosen}`,
  );
}

/** The response must fit one of the offers that could be accepted. */
function judgeDeflate(header: string, offers: string, profile: Profile): DeflateParameters {
  const [response, ...more] = parseExtensions(header);
  if (response?.name !== "permessage-deflate" || more.length > 0) throw new Mismatch("permessage-deflate", header);
  const faults = parseExtensions(offers)
    .filter(({ name }) => name === "permessage-deflate")
    .map((offer) => responseFault(response, offer, profile === "strict"));
  if (!faults.includes(undefined))
    throw new Mismatch(`an answer to the offer ${offers}`, `${header}: ${faults.join("; ")}`);
  return deflateParameters(response);
}

function judgeExtension(
  head: Head,
  request: SentRequest,
  answer: Answer,
  profile: Profile,
): DeflateParameters | undefined {
  const header = headerOf(head, "sec-websocket-extensions");
  if (answer.extension === "permessage-deflate" && header !== undefined) {
    return judgeDeflate(header, request.offers, profile);
  }
  if (header !== undefined) throw new Mismatch("no extension", header);
  return undefined;
}

/** The rfc profile's refusals are too many to list. */
function describeStatuses(allowed: readonly (number | "closed")[]): string {
  if (allowed.length < 5) return `status ${allowed.join(" or ")}`;
  return allowed.includes(101) ? "status 101 or a refusal" : "a refusal";
}

function expectStatus(head: Head | undefined, allowed: readonly (number | "closed")[]): number | undefined {
  const status = head === undefined ? "closed" : statusOf(head);
  if (status !== undefined && allowed.includes(status)) return status === "closed" ? undefined : status;
  throw new Mismatch(describeStatuses(allowed), head === undefined ? "no response" : head.startLine.slice(0, 80));
}

/** What the handshake came to. */
export interface Judgement {
  readonly isOpen: boolean;
  readonly deflate?: DeflateParameters | undefined;
}

/** `head` is `undefined` when the connection ended without a response. Throws a {@link Mismatch}. */
export function judgeAnswer(head: Head | undefined, request: SentRequest, answer: Answer, profile: Profile): Judgement {
  const status = expectStatus(head, answer.status[profile]);
  if (status === undefined || head === undefined) return { isOpen: false };
  if (status !== 101) {
    if (profile === "strict")
      for (const [name, value] of Object.entries(answer.headers ?? {})) expectHeader(head, name, value);
    return { isOpen: false };
  }
  expectUpgrade(head, request.key);
  expectSubprotocol(head, answer.subprotocols?.[profile] ?? []);
  return { isOpen: true, deflate: judgeExtension(head, request, answer, profile) };
}
