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
  type OfferParameters,
  PERMESSAGE_DEFLATE,
  parseOffer,
  parseResponse,
  type ResponseParameters,
  toParameterList,
} from "./parameters.ts";
import { PerMessageDeflate } from "./permessage-deflate.ts";
import { answerOffer } from "./server-negotiation.ts";
import type { CompressionDirection, CompressionEffort, PerMessageDeflateSettings } from "./settings.ts";

/**
 * permessage-deflate for a server. An offer that is not valid, cannot be met, or for which the engine has no memory is
 * declined, never answered with an error.
 *
 * @throws {TypeError | RangeError} if an option is unknown or its value is not allowed
 */
export function serverPerMessageDeflate(
  options: PerMessageDeflateOptions,
  engine: DeflateEngine,
): ServerExtensionFactory {
  const { wishes, effort } = resolveServerOptions(options);
  const settingsFor = rememberSettings((response) => serverSettings(response, effort));
  return {
    name: PERMESSAGE_DEFLATE,
    accept(list: ParameterList) {
      const offer = parseOffer(list);
      if (typeof offer === "string") return undefined;
      const response = answerOffer(wishes, offer);
      if (response === undefined) return undefined;
      const settings = settingsFor(response);
      if (engine.admits?.(receivingBytes(settings.receiving)) === false) {
        engine.declined?.();
        return undefined;
      }
      return { parameters: toParameterList(response), extension: new PerMessageDeflate(settings, engine) };
    },
  };
}

/**
 * permessage-deflate for a client. A response that does not answer the offer fails the handshake. Nothing is offered while the
 * engine has no memory.
 *
 * @throws {TypeError | RangeError} if an option is unknown or its value is not allowed
 */
export function clientPerMessageDeflate(
  options: PerMessageDeflateOptions,
  engine: DeflateEngine,
): ClientExtensionFactory {
  const { offer, effort } = resolveClientOptions(options);
  const settingsFor = rememberSettings((response) => clientSettings(offer, response, effort));
  const offers = [toParameterList(offer)];
  const expected = serverDirection(offer);
  return {
    name: PERMESSAGE_DEFLATE,
    get offers() {
      return engine.admits?.(receivingBytes(expected)) === false ? [] : offers;
    },
    agree(list: ParameterList) {
      const response = parseResponse(list);
      if (typeof response === "string") return response;
      const settings = settingsFor(response);
      return typeof settings === "string" ? settings : new PerMessageDeflate(settings, engine);
    },
  };
}

/** Connections that agreed on the same share one object, as there are few agreements and many connections. */
function rememberSettings<Settings>(make: (response: ResponseParameters) => Settings) {
  const remembered = new Map<string, Settings>();
  return (response: ResponseParameters): Settings => {
    const key = Object.values(response).join();
    let settings = remembered.get(key);
    if (settings === undefined) {
      settings = make(response);
      remembered.set(key, settings);
    }
    return settings;
  };
}

function serverSettings(response: ResponseParameters, effort: CompressionEffort): PerMessageDeflateSettings {
  const [sending, receiving] = [serverDirection(response), clientDirection(response)];
  return { response, sending, receiving, effort };
}

function clientSettings(
  offer: OfferParameters,
  response: ResponseParameters,
  effort: CompressionEffort,
): PerMessageDeflateSettings | string {
  const agreement = agreeOnResponse(offer, response);
  if (typeof agreement === "string") return agreement;
  const [sending, receiving] = [clientDirection(agreement), serverDirection(agreement)];
  return { response, sending, receiving, effort };
}

/** What the window may take that must stay whole. */
function receivingBytes({ windowBits }: CompressionDirection): number {
  return 1 << windowBits;
}

/** How the server's messages are compressed. */
function serverDirection(
  agreed: Pick<ClientAgreement, "serverMaxWindowBits" | "serverNoContextTakeover">,
): CompressionDirection {
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
