/**
 * How an extension takes part in the opening handshake (RFC 6455, section 9.1).
 *
 * A factory judges parameters and makes the extension; this file knows no header and no particular extension.
 */

import type { Extension, ExtensionParameterValue } from "../protocol/extension.ts";

/** Parameters in the order sent; a name may stand twice, which a negotiator must notice. */
export type ParameterList = readonly (readonly [name: string, value: ExtensionParameterValue])[];

export interface ServerExtensionFactory {
  readonly name: string;
  /** Judges one offer. `undefined` declines it; the next offer is tried then. Must not throw for what a client sent. */
  accept(offer: ParameterList): { readonly parameters: ParameterList; readonly extension: Extension } | undefined;
}

export interface ClientExtensionFactory {
  readonly name: string;
  /** The offers to send, best first. */
  readonly offers: readonly ParameterList[];
  /** Judges the parameters the server answered with. A string says why they are not acceptable and fails the handshake. */
  agree(response: ParameterList): Extension | string;
}
