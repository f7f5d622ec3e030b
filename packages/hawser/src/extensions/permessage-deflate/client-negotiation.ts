/**
 * What a client makes of the response to its offer of permessage-deflate (RFC 7692, section 7.1).
 *
 * A pure function of the offer and the response. It knows neither headers nor what is done with the agreement.
 */

import type { OfferParameters, ResponseParameters } from "./parameters.ts";

/** What the client keeps to. Differs from the response where the client is stricter with itself than it has to be. */
export interface ClientAgreement {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15; `undefined`: 15 bits. */
  readonly serverMaxWindowBits: number | undefined;
  /** 8 to 15; `undefined`: 15 bits. */
  readonly clientMaxWindowBits: number | undefined;
}

/**
 * The agreement, or why the response does not answer the offer, which fails the handshake.
 *
 * ```text
 *                               offer       response     agreement
 * server_no_context_takeover    absent      absent       no
 *                               absent      present      yes
 *                               present     absent       fails
 *                               present     present      yes
 *
 * client_no_context_takeover    absent      absent       no
 *                               absent      present      yes
 *                               present     either       yes
 *
 * server_max_window_bits        absent      absent       window 15
 *                               absent      M            M
 *                               N           absent       fails
 *                               N           M <= N       M
 *                               N           M > N        fails
 *
 * client_max_window_bits        absent      absent       window 15
 *                               absent      M            fails
 *                               no value    absent       window 15
 *                               no value    M            M
 *                               N           absent       N
 *                               N           M <= N       M
 *                               N           M > N        fails
 * ```
 */
export function agreeOnResponse(offer: OfferParameters, response: ResponseParameters): ClientAgreement | string {
  return (
    serverTakeoverFault(offer, response) ??
    serverWindowFault(offer, response) ??
    clientWindowFault(offer, response) ?? {
      serverNoContextTakeover: response.serverNoContextTakeover,
      clientNoContextTakeover: offer.clientNoContextTakeover || response.clientNoContextTakeover,
      serverMaxWindowBits: response.serverMaxWindowBits,
      clientMaxWindowBits: response.clientMaxWindowBits ?? withoutHint(offer.clientMaxWindowBits),
    }
  );
}

/** RFC 7692, 7.1.1.1: a server accepts the parameter "by including" it in the response. */
function serverTakeoverFault(offer: OfferParameters, response: ResponseParameters): string | undefined {
  if (!offer.serverNoContextTakeover || response.serverNoContextTakeover) return undefined;
  return "server_no_context_takeover was offered and is missing";
}

/** RFC 7692, 7.1.2.1: the response has "the same or smaller value" than the offer. */
function serverWindowFault(offer: OfferParameters, response: ResponseParameters): string | undefined {
  const { serverMaxWindowBits: offered } = offer;
  const { serverMaxWindowBits: answered } = response;
  if (offered === undefined) return undefined;
  if (answered === undefined) return `server_max_window_bits was offered as ${offered} and is missing`;
  return answered > offered ? `server_max_window_bits was offered as ${offered}, got ${answered}` : undefined;
}

/** RFC 7692, 7.1.2.2: no value in the response unless offered, and none above the value offered. */
function clientWindowFault(offer: OfferParameters, response: ResponseParameters): string | undefined {
  const { clientMaxWindowBits: offered } = offer;
  const { clientMaxWindowBits: answered } = response;
  if (answered === undefined || offered === true) return undefined;
  if (offered === undefined) return `client_max_window_bits was not offered, got ${answered}`;
  return answered > offered ? `client_max_window_bits was offered as ${offered}, got ${answered}` : undefined;
}

function withoutHint(offered: number | true | undefined): number | undefined {
  return offered === true ? undefined : offered;
}
