/**
 * Sec-WebSocket-Extensions (RFC 6455, section 9.1) and what permessage-deflate allows in it (RFC 7692, section 7.1).
 *
 * It reads what the endpoint under test wrote. The rules of negotiation are stated once, in {@link responseFault}.
 */

/** One element of the header. A parameter without a value is `true`. */
export interface ExtensionElement {
  readonly name: string;
  readonly parameters: readonly (readonly [string, string | true])[];
}

/** What both sides are bound to. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15; 15 if it was not agreed upon. */
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

const FLAGS = ["server_no_context_takeover", "client_no_context_takeover"];

function parseParameter(text: string): readonly [string, string | true] {
  const [name = "", value] = text.split("=", 2);
  return [name.trim(), value === undefined ? true : value.trim().replace(/^"(.*)"$/, "$1")];
}

/** Quoted commas and semicolons do not occur in what the suite reads. */
export function parseExtensions(header: string): ExtensionElement[] {
  return header.split(",").map((element) => {
    const [name = "", ...parameters] = element.split(";");
    return { name: name.trim(), parameters: parameters.map(parseParameter) };
  });
}

function parameterOf(element: ExtensionElement, name: string): string | true | undefined {
  return element.parameters.find(([candidate]) => candidate === name)?.[1];
}

export function deflateParameters(response: ExtensionElement): DeflateParameters {
  return {
    serverNoContextTakeover: parameterOf(response, "server_no_context_takeover") !== undefined,
    clientNoContextTakeover: parameterOf(response, "client_no_context_takeover") !== undefined,
    serverMaxWindowBits: Number(parameterOf(response, "server_max_window_bits") ?? 15),
    clientMaxWindowBits: Number(parameterOf(response, "client_max_window_bits") ?? 15),
  };
}

function formFault([name, value]: readonly [string, string | true]): string | undefined {
  if (FLAGS.includes(name)) return value === true ? undefined : `${name} has a value`;
  if (name !== "server_max_window_bits" && name !== "client_max_window_bits") return `${name} is no parameter`;
  return /^([89]|1[0-5])$/.test(String(value)) ? undefined : `${name} is ${value}, not 8 to 15`;
}

function largerThanOffered(response: ExtensionElement, offer: ExtensionElement, name: string): string | undefined {
  const offered = parameterOf(offer, name);
  const answered = parameterOf(response, name);
  if (typeof offered !== "string" || answered === undefined || Number(answered) <= Number(offered)) return undefined;
  return `${name}=${answered} is more than the offered ${offered}`;
}

/**
 * Why `response` is no answer to `offer`; `undefined` if it is one.
 *
 * `mustHonourHints`: client_no_context_takeover in an offer is a hint by RFC 7692, section 7.1.1.2; our contract answers it.
 */
export function responseFault(
  response: ExtensionElement,
  offer: ExtensionElement,
  mustHonourHints: boolean,
): string | undefined {
  const names = response.parameters.map(([name]) => name);
  if (new Set(names).size < names.length) return "a parameter is repeated";
  const fault = response.parameters.map(formFault).find((found) => found !== undefined);
  if (fault !== undefined) return fault;
  const required = [...(mustHonourHints ? FLAGS : FLAGS.slice(0, 1)), "server_max_window_bits"];
  const missing = required.find((name) => parameterOf(offer, name) !== undefined && !names.includes(name));
  if (missing !== undefined) return `${missing} was offered and is not in the response`;
  // RFC 7692 7.1.2.2: "If a received extension negotiation offer doesn't have the "client_max_window_bits" extension
  // parameter, the corresponding extension negotiation response ... MUST NOT include" it.
  if (names.includes("client_max_window_bits") && parameterOf(offer, "client_max_window_bits") === undefined) {
    return "client_max_window_bits was not offered";
  }
  return (
    largerThanOffered(response, offer, "server_max_window_bits") ??
    largerThanOffered(response, offer, "client_max_window_bits")
  );
}
