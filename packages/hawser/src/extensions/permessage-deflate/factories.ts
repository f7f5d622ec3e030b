/**
 * permessage-deflate in the opening handshake: joins options, negotiation and engine.
 *
 * The engine comes from outside, so that this folder knows no platform.
 */

import type { DeflateEngine } from "../../deflate/engine.ts";
import type {
  ClientExtensionFactory,
  ParameterList,
  ServerExtensionFactory,
} from "../../handshake/extension-negotiation.ts";
import { agreeOnResponse, type ClientAgreement } from "./client-negotiation.ts";
import { type PerMessageDeflateOptions, resolveClientOptions, resolveServerOptions } from "./options.ts";
import {
  MAX_WINDOW_BITS,
  PERMESSAGE_DEFLATE,
  parseOffer,
  parseResponse,
  type ResponseParameters,
  toParameterList,
} from "./parameters.ts";
import { type CompressionDirection, type CompressionEffort, PerMessageDeflate } from "./permessage-deflate.ts";
import { answerOffer } from "./server-negotiation.ts";

/**
 * permessage-deflate for a server. An offer that is not valid or cannot be met is declined, never answered with an error.
 *
 * @throws {TypeError | RangeError} if an option is unknown or its value is not allowed
 */
export function serverPerMessageDeflate(
  options: PerMessageDeflateOptions,
  engine: DeflateEngine,
): ServerExtensionFactory {
  const { wishes, effort } = resolveServerOptions(options);
  return {
    name: PERMESSAGE_DEFLATE,
    accept(list: ParameterList) {
      const offer = parseOffer(list);
      if (typeof offer === "string") return undefined;
      const response = answerOffer(wishes, offer);
      if (response === undefined) return undefined;
      return { parameters: toParameterList(response), extension: serverExtension(response, effort, engine) };
    },
  };
}

/**
 * permessage-deflate for a client. A response that does not answer the offer fails the handshake.
 *
 * @throws {TypeError | RangeError} if an option is unknown or its value is not allowed
 */
export function clientPerMessageDeflate(
  options: PerMessageDeflateOptions,
  engine: DeflateEngine,
): ClientExtensionFactory {
  const { offer, effort } = resolveClientOptions(options);
  return {
    name: PERMESSAGE_DEFLATE,
    offers: [toParameterList(offer)],
    agree(list: ParameterList) {
      const response = parseResponse(list);
      if (typeof response === "string") return response;
      const agreement = agreeOnResponse(offer, response);
      return typeof agreement === "string" ? agreement : clientExtension(response, agreement, effort, engine);
    },
  };
}

function serverExtension(
  response: ResponseParameters,
  effort: CompressionEffort,
  engine: DeflateEngine,
): PerMessageDeflate {
  const [sending, receiving] = [serverDirection(response), clientDirection(response)];
  return new PerMessageDeflate({ response, sending, receiving, effort }, engine);
}

function clientExtension(
  response: ResponseParameters,
  agreement: ClientAgreement,
  effort: CompressionEffort,
  engine: DeflateEngine,
): PerMessageDeflate {
  const [sending, receiving] = [clientDirection(agreement), serverDirection(agreement)];
  return new PerMessageDeflate({ response, sending, receiving, effort }, engine);
}

/** How the server's messages are compressed. */
function serverDirection(agreed: ClientAgreement): CompressionDirection {
  return {
    windowBits: agreed.serverMaxWindowBits ?? MAX_WINDOW_BITS,
    noContextTakeover: agreed.serverNoContextTakeover,
  };
}

/** How the client's messages are compressed. */
function clientDirection(agreed: ClientAgreement): CompressionDirection {
  return {
    windowBits: agreed.clientMaxWindowBits ?? MAX_WINDOW_BITS,
    noContextTakeover: agreed.clientNoContextTakeover,
  };
}
