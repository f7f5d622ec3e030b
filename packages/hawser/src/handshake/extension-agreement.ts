/**
 * Matches the extensions of a header with the factories of this side (RFC 6455, section 9.1).
 *
 * What both roles share: one extension of a name, no reserved bit claimed twice.
 */

import { type Extension, releaseExtensions } from "../protocol/extension.ts";
import { type ExtensionOffer, serializeExtensions } from "./extension-header.ts";
import type { ClientExtensionFactory, ServerExtensionFactory } from "./extension-negotiation.ts";

/** Extensions agreed so far, in the order of the header. */
class Agreement {
  readonly extensions: Extension[] = [];
  readonly parameters: ExtensionOffer[] = [];
  #claimedBits = 0;

  has(name: string): boolean {
    return this.parameters.some((agreed) => agreed.name === name);
  }

  /** False, and the extension is released, if another has claimed its reserved bit. */
  add(offer: ExtensionOffer, extension: Extension): boolean {
    if ((this.#claimedBits & extension.rsv) !== 0) {
      releaseExtensions([extension]);
      return false;
    }
    this.#claimedBits |= extension.rsv;
    this.extensions.push(extension);
    this.parameters.push(offer);
    return true;
  }

  release(): void {
    releaseExtensions(this.extensions);
  }
}

export interface AgreedExtensions {
  readonly extensions: readonly Extension[];
  /** The value of the response's `Sec-WebSocket-Extensions`; `undefined`: there is none. */
  readonly header: string | undefined;
}

/** Shared by the connections without extensions. */
const NOTHING_AGREED: AgreedExtensions = { extensions: [], header: undefined };

/** Offers are tried in the client's order; one that no factory accepts is declined. Throws only for a factory's faults. */
export function acceptExtensions(
  offers: readonly ExtensionOffer[],
  factories: readonly ServerExtensionFactory[],
): AgreedExtensions {
  if (offers.length === 0 || factories.length === 0) return NOTHING_AGREED;
  const agreement = new Agreement();
  try {
    for (const offer of offers) {
      if (!agreement.has(offer.name)) acceptOffer(offer, factories, agreement);
    }
    const header = agreement.parameters.length > 0 ? serializeExtensions(agreement.parameters) : undefined;
    // A copy has no more memory than it needs, and every connection keeps one
    return { extensions: agreement.extensions.slice(), header };
  } catch (error) {
    agreement.release();
    throw error;
  }
}

function acceptOffer(
  { name, parameters }: ExtensionOffer,
  factories: readonly ServerExtensionFactory[],
  agreement: Agreement,
): void {
  for (const factory of factories) {
    if (factory.name !== name) continue;
    const accepted = factory.accept(parameters);
    if (accepted !== undefined && agreement.add({ name, parameters: accepted.parameters }, accepted.extension)) return;
  }
}

/**
 * The extensions of a response, each of which must answer an offer; a string says which does not and why. Throws only what a
 * factory throws.
 */
export function agreeExtensions(
  responses: readonly ExtensionOffer[],
  factories: readonly ClientExtensionFactory[],
): readonly Extension[] | string {
  const agreement = new Agreement();
  try {
    for (const response of responses) {
      const refusal = agreeResponse(response, factories, agreement);
      if (refusal === undefined) continue;
      agreement.release();
      return refusal;
    }
    return agreement.extensions.slice();
  } catch (error) {
    agreement.release();
    throw error;
  }
}

function agreeResponse(
  response: ExtensionOffer,
  factories: readonly ClientExtensionFactory[],
  agreement: Agreement,
): string | undefined {
  const { name, parameters } = response;
  const factory = factories.find((candidate) => candidate.name === name);
  if (factory === undefined) return `"${name}" was not offered`;
  if (agreement.has(name)) return `"${name}" stands twice`;
  const extension = factory.agree(parameters);
  if (typeof extension === "string") return `"${name}": ${extension}`;
  return agreement.add(response, extension) ? undefined : `"${name}" shares a reserved bit with another extension`;
}
