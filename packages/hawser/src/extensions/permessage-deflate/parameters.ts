/**
 * The four parameters of permessage-deflate (RFC 7692, section 7.1) and their grammar.
 *
 * Judges one list of parameters by itself. What an answer to it may be is the business of the two negotiations.
 */

import type { ParameterList } from "../../handshake/extension-negotiation.ts";
import type { ExtensionParameterValue } from "../../protocol/extension.ts";

/** The registered name of the extension. */
export const PERMESSAGE_DEFLATE = "permessage-deflate";

/** The window that holds where nothing is agreed (RFC 7692, section 7.1.2): 32,768 bytes. */
export const MAX_WINDOW_BITS = 15;
export const MIN_WINDOW_BITS = 8;

/** What a response says. */
export interface ResponseParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15; `undefined`: absent. */
  readonly serverMaxWindowBits: number | undefined;
  /** 8 to 15; `undefined`: absent. */
  readonly clientMaxWindowBits: number | undefined;
}

/** What an offer says. */
export interface OfferParameters extends Omit<ResponseParameters, "clientMaxWindowBits"> {
  /** 8 to 15; `true`: present without a value, as a hint that the client supports it; `undefined`: absent. */
  readonly clientMaxWindowBits: number | true | undefined;
}

/** RFC 7692, 7.1.2.1: "a decimal integer value without leading zeroes between 8 to 15, inclusive". */
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

/** The parameters of an offer, or why they are not valid. */
export function parseOffer(list: ParameterList): OfferParameters | string {
  const values = collect(list);
  if (typeof values === "string") return values;
  return {
    serverNoContextTakeover: values.has("server_no_context_takeover"),
    clientNoContextTakeover: values.has("client_no_context_takeover"),
    serverMaxWindowBits: windowBits(values.get("server_max_window_bits")),
    clientMaxWindowBits:
      values.get("client_max_window_bits") === true || windowBits(values.get("client_max_window_bits")),
  };
}

/** The parameters of a response, or why they are not valid. */
export function parseResponse(list: ParameterList): ResponseParameters | string {
  const parameters = parseOffer(list);
  if (typeof parameters === "string") return parameters;
  const { clientMaxWindowBits } = parameters;
  // RFC 7692, 7.1.2.2: the parameter in a response has a value always
  if (clientMaxWindowBits === true) return "client_max_window_bits has no value";
  return { ...parameters, clientMaxWindowBits };
}

/** The parameters in the order of the RFC, as they stand in a header. */
export function toParameterList(parameters: OfferParameters): ParameterList {
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  const list: [string, ExtensionParameterValue][] = [];
  if (parameters.serverNoContextTakeover) list.push(["server_no_context_takeover", true]);
  if (parameters.clientNoContextTakeover) list.push(["client_no_context_takeover", true]);
  if (serverMaxWindowBits !== undefined) list.push(["server_max_window_bits", `${serverMaxWindowBits}`]);
  if (clientMaxWindowBits === true) list.push(["client_max_window_bits", true]);
  else if (clientMaxWindowBits !== undefined) list.push(["client_max_window_bits", `${clientMaxWindowBits}`]);
  return list;
}

/** RFC 7692, 7.1: unknown names, values not allowed and "multiple extension parameters with the same name" are refused. */
function collect(list: ParameterList): Map<string, ExtensionParameterValue> | string {
  const values = new Map<string, ExtensionParameterValue>();
  for (const [name, value] of list) {
    if (values.has(name)) return `${name} stands twice`;
    const fault = judge(name, value);
    if (fault !== undefined) return fault;
    values.set(name, value);
  }
  return values;
}

function judge(name: string, value: ExtensionParameterValue): string | undefined {
  switch (name) {
    case "server_no_context_takeover":
    case "client_no_context_takeover":
      return value === true ? undefined : `${name} must have no value, got ${JSON.stringify(value)}`;
    case "client_max_window_bits":
      return value === true ? undefined : judgeWindowBits(name, value);
    case "server_max_window_bits":
      return judgeWindowBits(name, value);
    default:
      return `there is no parameter ${JSON.stringify(name)}`;
  }
}

function judgeWindowBits(name: string, value: ExtensionParameterValue): string | undefined {
  if (value !== true && WINDOW_BITS.test(value)) return undefined;
  return `${name} must be a decimal number from 8 to 15, got ${value === true ? "no value" : JSON.stringify(value)}`;
}

function windowBits(value: ExtensionParameterValue | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
