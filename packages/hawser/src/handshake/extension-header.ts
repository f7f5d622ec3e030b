/**
 * The `Sec-WebSocket-Extensions` header (RFC 6455, section 9.1), in time linear in its length.
 *
 *     extension-list  = 1#extension
 *     extension       = extension-token *( ";" extension-param )
 *     extension-param = token [ "=" (token | quoted-string) ]
 *
 * It knows no extension: what a name or a parameter means is the negotiators' business.
 */

import { type HandshakeFault, handshakeFault, quote } from "./errors.ts";
import type { ParameterList } from "./extension-negotiation.ts";
import { isToken, skipWhitespace, tokenEnd } from "./token.ts";

/** An extension with parameters: offered in a request, agreed in a response. */
export interface ExtensionOffer {
  readonly name: string;
  readonly parameters: ParameterList;
}

/** Offers in one header. Browsers send one. */
const MAX_OFFERS = 32;
/** Parameters of one offer. RFC 7692 defines four. */
const MAX_PARAMETERS = 32;

/** `text` is the header's value, that of several lines joined with a comma. A list without an element is malformed. */
export function parseExtensions(text: string): ExtensionOffer[] | HandshakeFault {
  const result = new ExtensionParser(text).parse();
  return typeof result === "string" ? handshakeFault("EXTENSIONS_MALFORMED", result) : result;
}

/** @throws TypeError if a name or value is not a token: an extension of the application's own has produced it. */
export function serializeExtensions(extensions: readonly ExtensionOffer[]): string {
  return extensions.map(serializeExtension).join(", ");
}

function serializeExtension({ name, parameters }: ExtensionOffer): string {
  let text = checkedToken(name);
  for (const [parameter, value] of parameters) {
    text += `; ${checkedToken(parameter)}`;
    if (value !== true) text += `=${checkedToken(value)}`;
  }
  return text;
}

function checkedToken(text: string): string {
  if (typeof text === "string" && isToken(text)) return text;
  throw new TypeError(
    `Cannot negotiate extensions: names and values of parameters must be tokens, got ${quote(String(text))}`,
  );
}

/** Each method reads one rule of the grammar at `#index`; a string says what is wrong. */
class ExtensionParser {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ExtensionOffer[] | string {
    const offers: ExtensionOffer[] = [];
    for (;;) {
      if (this.#skipEmptyElements()) break;
      if (offers.length === MAX_OFFERS) return `expected at most ${MAX_OFFERS} extensions`;
      const offer = this.#parseExtension();
      if (typeof offer === "string") return offer;
      offers.push(offer);
      if (!this.#isAtEnd && !this.#take(",")) return this.#expected("a comma or a semicolon");
    }
    return offers.length === 0 ? this.#expected("an extension's name") : offers;
  }

  /** True at the end of the text. */
  #skipEmptyElements(): boolean {
    while (this.#take(","));
    return this.#isAtEnd;
  }

  #parseExtension(): ExtensionOffer | string {
    const name = this.#takeToken();
    if (name === "") return this.#expected("an extension's name");
    const parameters: (readonly [string, string | true])[] = [];
    while (this.#take(";")) {
      if (parameters.length === MAX_PARAMETERS) return `expected at most ${MAX_PARAMETERS} parameters`;
      const parameter = this.#parseParameter();
      if (typeof parameter === "string") return parameter;
      parameters.push(parameter);
    }
    return { name, parameters };
  }

  #parseParameter(): readonly [string, string | true] | string {
    const name = this.#takeToken();
    if (name === "") return this.#expected("a parameter's name");
    if (!this.#take("=")) return [name, true];
    const value = this.#take('"') ? this.#takeQuoted() : this.#takeToken();
    // RFC 6455 9.1: "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
    return isToken(value) ? [name, value] : this.#expected("a token as a parameter's value before");
  }

  #takeToken(): string {
    const start = skipWhitespace(this.#text, this.#index);
    const end = tokenEnd(this.#text, start);
    this.#index = end;
    return this.#text.slice(start, end);
  }

  /** The opening quote is taken. Without a closing one the result is empty, which no value may be. */
  #takeQuoted(): string {
    let value = "";
    while (this.#index < this.#text.length) {
      let character = this.#text.charAt(this.#index++);
      if (character === '"') return value;
      if (character === "\\") character = this.#text.charAt(this.#index++);
      value += character;
    }
    return "";
  }

  #take(character: string): boolean {
    const index = skipWhitespace(this.#text, this.#index);
    if (this.#text[index] !== character) return false;
    this.#index = index + 1;
    return true;
  }

  get #isAtEnd(): boolean {
    return skipWhitespace(this.#text, this.#index) >= this.#text.length;
  }

  #expected(what: string): string {
    return `expected ${what} at character ${this.#index + 1} of ${quote(this.#text)}`;
  }
}
