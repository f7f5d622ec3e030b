/**
 * What a server answers to an offer of permessage-deflate (RFC 7692, section 7.1).
 *
 * A pure function of the server's wishes and one offer. It knows neither headers nor what is done with the agreement.
 */

import type { OfferParameters, ResponseParameters } from "./parameters.ts";

/** What the server's operator wants. */
export interface ServerWishes {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** Window that the server will use at most, 8 to 15; `undefined`: no wish. */
  readonly serverMaxWindowBits: number | undefined;
  /** Window that clients shall use at most, 8 to 15; `undefined`: no wish. */
  readonly clientMaxWindowBits: number | undefined;
  /** Declines clients that cannot be told a window. */
  readonly requireClientMaxWindowBits: boolean;
}

/**
 * The response, or `undefined` to decline the offer.
 *
 * ```text
 *                               wish     offer      response
 * server_no_context_takeover    no       absent     absent
 *                               no       present    present
 *                               yes      either     present
 *
 * client_no_context_takeover    no       absent     absent
 *                               no       present    present
 *                               yes      either     present
 *
 * server_max_window_bits        none     absent     absent       window 15
 *                               none     M          M
 *                               N        absent     N
 *                               N        M          min(N, M)
 *
 * client_max_window_bits        none     absent     absent       window 15
 *                               none     no value   absent       window 15
 *                               none     M          M
 *                               N        absent     absent       window 15, or the offer is declined if N is required
 *                               N        no value   N
 *                               N        M          min(N, M)
 * ```
 *
 * Flags that a client asks for cost a server nothing that it could not afford, so they are always granted. A window of 8
 * bits is granted too.
 */
export function answerOffer(wishes: ServerWishes, offer: OfferParameters): ResponseParameters | undefined {
  // RFC 7692, 7.1.2.2: without it in the offer "the corresponding extension negotiation response to the offer MUST NOT
  // include" it, so the server cannot get its wish
  if (offer.clientMaxWindowBits === undefined && wishes.requireClientMaxWindowBits) return undefined;
  return {
    serverNoContextTakeover: wishes.serverNoContextTakeover || offer.serverNoContextTakeover,
    clientNoContextTakeover: wishes.clientNoContextTakeover || offer.clientNoContextTakeover,
    serverMaxWindowBits: smaller(wishes.serverMaxWindowBits, offer.serverMaxWindowBits),
    clientMaxWindowBits: answerClientMaxWindowBits(wishes.clientMaxWindowBits, offer.clientMaxWindowBits),
  };
}

function answerClientMaxWindowBits(wish: number | undefined, offered: number | true | undefined): number | undefined {
  if (offered === undefined) return undefined;
  return offered === true ? wish : smaller(wish, offered);
}

function smaller(wish: number | undefined, offered: number | undefined): number | undefined {
  if (wish === undefined) return offered;
  return offered === undefined ? wish : Math.min(wish, offered);
}
