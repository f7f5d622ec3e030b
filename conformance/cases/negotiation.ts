/**
 * All combinations of permessage-deflate's parameters, and the offers and responses that are none (RFC 7692, section 7.1).
 */

import { always, type Case, type ClientOpening, type ServerOpening, type Step } from "../case.ts";
import { requestTemplate, responseTemplate } from "../wire/http.ts";
import { openingFor } from "./expand.ts";

const SECTION = "negotiation";
const MESSAGES = 20;
const BITS: readonly (string | undefined)[] = [undefined, "8", "9", "10", "11", "12", "13", "14", "15"];
const EXCHANGE: readonly Step[] = [{ type: "exchange", count: MESSAGES }, { type: "close" }];
const PROBE: readonly Step[] = [{ type: "probe" }, { type: "close" }];

function flag(name: string, isSet: boolean): string {
  return isSet ? `; ${name}` : "";
}

function bitsParameter(name: string, bits: string | undefined): string {
  if (bits === undefined) return "";
  return bits === "any" ? `; ${name}` : `; ${name}=${bits}`;
}

/** Server window × client window × two flags, in the order in which RFC 7692 lists them. */
function combinations(clientBits: readonly (string | undefined)[]): string[] {
  const flags = [false, true];
  return flags.flatMap((serverFlag) =>
    flags.flatMap((clientFlag) =>
      BITS.flatMap((server) =>
        clientBits.map((client) =>
          [
            flag("server_no_context_takeover", serverFlag),
            flag("client_no_context_takeover", clientFlag),
            bitsParameter("server_max_window_bits", server),
            bitsParameter("client_max_window_bits", client),
          ].join(""),
        ),
      ),
    ),
  );
}

function idOf(parameters: string): string {
  const short = parameters
    .replaceAll("_no_context_takeover", "-no-takeover")
    .replaceAll("_max_window_bits", "-bits")
    .replaceAll("; ", "+")
    .replaceAll("=", "-");
  return short === "" ? "plain" : short.slice(1);
}

function combinationCase(role: "server" | "client", parameters: string): Case {
  return {
    id: `${SECTION}/${role === "server" ? "offer" : "response"}/${idOf(parameters)}`,
    section: SECTION,
    title: `permessage-deflate${parameters}, then ${MESSAGES} messages each way`,
    rule: "RFC 7692 7.1",
    strict: false,
    opening: openingFor(role, parameters),
    steps: EXCHANGE,
  };
}

/** Offers that must be declined: name, and the header's value. */
const DECLINED: readonly (readonly [string, string])[] = [
  ["server-bits-7", "permessage-deflate; server_max_window_bits=7"],
  ["server-bits-16", "permessage-deflate; server_max_window_bits=16"],
  ["server-bits-99", "permessage-deflate; server_max_window_bits=99"],
  ["server-bits-0", "permessage-deflate; server_max_window_bits=0"],
  ["server-bits-negative", "permessage-deflate; server_max_window_bits=-9"],
  ["server-bits-leading-zero", "permessage-deflate; server_max_window_bits=08"],
  ["server-bits-plus", "permessage-deflate; server_max_window_bits=+9"],
  ["server-bits-hexadecimal", "permessage-deflate; server_max_window_bits=0x0a"],
  ["server-bits-exponent", "permessage-deflate; server_max_window_bits=1e1"],
  ["server-bits-fraction", "permessage-deflate; server_max_window_bits=10.0"],
  ["server-bits-word", "permessage-deflate; server_max_window_bits=ten"],
  ["server-bits-huge", "permessage-deflate; server_max_window_bits=99999999999999999999"],
  ["server-bits-without-value", "permessage-deflate; server_max_window_bits"],
  ["client-bits-7", "permessage-deflate; client_max_window_bits=7"],
  ["client-bits-16", "permessage-deflate; client_max_window_bits=16"],
  ["client-bits-99", "permessage-deflate; client_max_window_bits=99"],
  ["client-bits-leading-zero", "permessage-deflate; client_max_window_bits=09"],
  ["client-bits-plus", "permessage-deflate; client_max_window_bits=+9"],
  ["client-bits-hexadecimal", "permessage-deflate; client_max_window_bits=0x0a"],
  ["server-flag-with-value", "permessage-deflate; server_no_context_takeover=true"],
  ["client-flag-with-value", "permessage-deflate; client_no_context_takeover=1"],
  ["server-flag-twice", "permessage-deflate; server_no_context_takeover; server_no_context_takeover"],
  ["client-flag-twice", "permessage-deflate; client_no_context_takeover; client_no_context_takeover"],
  ["server-bits-twice", "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10"],
  ["client-bits-twice", "permessage-deflate; client_max_window_bits; client_max_window_bits=10"],
  ["unknown-parameter", "permessage-deflate; window_bits=10"],
  ["unknown-flag", "permessage-deflate; no_context_takeover"],
  ["prototype-parameter", "permessage-deflate; constructor"],
  ["prototype-parameter-value", "permessage-deflate; __proto__=10"],
];

/** Other extensions, which nobody has to know. */
const UNKNOWN: readonly (readonly [string, string])[] = [
  ["unknown-extension", "x-none"],
  ["unknown-extension-parameters", 'x-none; a=1; b; c="d"'],
  ["webkit-deflate-frame", "x-webkit-deflate-frame"],
  ["prototype-constructor", "constructor"],
  ["prototype-proto", "__proto__"],
  ["prototype-to-string", "toString; valueOf"],
];

/** Several offers of which one can be accepted. */
const ALTERNATIVES: readonly (readonly [string, string])[] = [
  ["second-after-bits-7", "permessage-deflate; server_max_window_bits=7, permessage-deflate"],
  ["second-after-unknown-parameter", "permessage-deflate; unknown, permessage-deflate; client_max_window_bits"],
  [
    "second-after-duplicates",
    "permessage-deflate; client_no_context_takeover; client_no_context_takeover, permessage-deflate; server_max_window_bits=10",
  ],
  [
    "third",
    "permessage-deflate; client_max_window_bits=99, permessage-deflate; server_max_window_bits=08, permessage-deflate",
  ],
  ["after-unknown-extension", "x-none; a=b, permessage-deflate"],
  ["before-unknown-extension", "permessage-deflate, x-none"],
  ["two-good-offers", "permessage-deflate; server_max_window_bits=10, permessage-deflate"],
  ["first-then-broken", "permessage-deflate, permessage-deflate; server_max_window_bits=7"],
  ["quoted-bits", 'permessage-deflate; server_max_window_bits="10"'],
  ["spaces", "permessage-deflate ;  server_max_window_bits=10 ; client_max_window_bits"],
  ["no-spaces", "permessage-deflate;server_max_window_bits=10;client_max_window_bits"],
  ["empty-elements", ", permessage-deflate,"],
];

function offerCase(
  group: string,
  [name, offers]: readonly [string, string],
  extension: "permessage-deflate" | false,
): Case {
  const opening: ServerOpening = {
    role: "server",
    request: requestTemplate({ plus: [`Sec-WebSocket-Extensions: ${offers}`] }),
    answer: { status: always<number | "closed">(101), extension },
  };
  return {
    id: `${SECTION}/${group}/${name}`,
    section: SECTION,
    title: `${group === "alternatives" ? "an offer that is accepted" : "an offer that is declined"}: ${offers}`,
    rule: group === "unknown" ? "RFC 6455 9.1" : "RFC 7692 7.1",
    strict: false,
    opening,
    steps: extension === false ? PROBE : [{ type: "exchange", count: 3 }, { type: "close" }],
  };
}

function serverCombinations(): Case[] {
  return combinations([...BITS, "any"]).map((parameters) => combinationCase("server", parameters));
}

/** Two header lines are one list (RFC 6455, section 9.1). */
function twoLineCases(): Case[] {
  const request = requestTemplate({
    plus: ["Sec-WebSocket-Extensions: x-none", "Sec-WebSocket-Extensions: permessage-deflate"],
  });
  const answer = { status: always<number | "closed">(101), extension: "permessage-deflate" } as const;
  return [
    {
      id: `${SECTION}/alternatives/two-lines`,
      section: SECTION,
      title: "offers in two header lines",
      rule: "RFC 6455 9.1",
      strict: false,
      opening: { role: "server", request, answer },
      steps: EXCHANGE,
    },
  ];
}

export function serverNegotiationCases(): Case[] {
  return [
    ...serverCombinations(),
    ...DECLINED.map((row) => offerCase("declined", row, false)),
    ...UNKNOWN.map((row) => offerCase("unknown", row, false)),
    ...ALTERNATIVES.map((row) => offerCase("alternatives", row, "permessage-deflate")),
    ...twoLineCases(),
  ];
}

/** Responses that no offer allows: name, and the header's value. */
const REFUSED: readonly (readonly [string, string])[] = [
  ...DECLINED.map(([name, value]) => [name, value] as const),
  ["client-bits-without-value", "permessage-deflate; client_max_window_bits"],
  ["unknown-extension", "x-none"],
  ["prototype-extension", "constructor"],
  ["twice", "permessage-deflate, permessage-deflate"],
  ["with-another-extension", "permessage-deflate, x-none"],
  ["malformed", "permessage-deflate; ="],
];

function refusedCase([name, value]: readonly [string, string]): Case {
  const opening: ClientOpening = {
    role: "client",
    response: responseTemplate({ plus: [`Sec-WebSocket-Extensions: ${value}`] }),
    outcome: "refused",
  };
  const title = `a response that must fail the handshake: ${value}`;
  return {
    id: `${SECTION}/refused/${name}`,
    section: SECTION,
    title,
    rule: "RFC 7692 7.1",
    strict: false,
    opening,
    steps: [],
  };
}

export function clientNegotiationCases(): Case[] {
  return [
    ...combinations(BITS).map((parameters) => combinationCase("client", parameters)),
    ...REFUSED.map(refusedCase),
  ];
}
