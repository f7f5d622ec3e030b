/**
 * Decides on an HTTP request that reached a server: by the application's hooks, the server's own state, and RFC 6455, in
 * that order.
 *
 * Answers at once where no hook waits, so that a plain handshake takes no turn of the event loop. Knows no sockets.
 */

import { callbackFault, type HandshakeFault, isHandshakeFault } from "../handshake/errors.ts";
import type { HttpRequestHead } from "../handshake/http-request.ts";
import { faultResponse, type HttpResponseHead, reasonPhrase } from "../handshake/http-response.ts";
import type { RequestedAuthority } from "../handshake/origin.ts";
import { judgeRequest, type ServerAgreement } from "../handshake/server-handshake.ts";
import { releaseExtensions } from "../protocol/extension.ts";
import type { PendingConnection } from "./pending-connection.ts";
import { readResponse } from "./response-bytes.ts";
import type { ServerSettings } from "./server-options.ts";

/** What is to be answered; `agreement` is there if a connection comes of it. */
export interface Outcome {
  readonly response: HttpResponseHead;
  readonly agreement: ServerAgreement | undefined;
  /** Why the handshake was refused, if it was, and not by a hook. */
  readonly fault: HandshakeFault | undefined;
}

/** Who knows whether there is room for one more. */
export interface DecisionHost {
  /** Why no connection can be taken from `address` now, as a response; `undefined` if one can. */
  unavailable(address: string | undefined): HttpResponseHead | undefined;
}

/** What a decision is made on. */
export interface OpeningRequest<UserData> {
  /** Asked at the last moment. */
  readonly host: DecisionHost;
  readonly request: HttpRequestHead;
  readonly pending: PendingConnection<UserData>;
  /** What the client asked for, as far as we or trusted proxies know. */
  readonly authority: RequestedAuthority;
}

export function decide<UserData>(
  opening: OpeningRequest<UserData>,
  settings: ServerSettings<UserData>,
): Outcome | Promise<Outcome> {
  if (settings.processRequest === undefined) return judge(opening, settings);
  try {
    const returned = settings.processRequest(opening.request, opening.pending);
    return returned === undefined ? judge(opening, settings) : decideLater(returned, opening, settings);
  } catch (error) {
    return refusal(callbackFault(error));
  }
}

async function decideLater<UserData>(
  returned: Response | Promise<Response | undefined>,
  opening: OpeningRequest<UserData>,
  settings: ServerSettings<UserData>,
): Promise<Outcome> {
  try {
    const response = await returned;
    return response === undefined ? await judge(opening, settings) : answer(await readResponse(response));
  } catch (error) {
    return refusal(callbackFault(error));
  }
}

/** The handshake proper. */
function judge<UserData>(
  opening: OpeningRequest<UserData>,
  settings: ServerSettings<UserData>,
): Outcome | Promise<Outcome> {
  const unavailable = unavailableFor(opening);
  if (unavailable !== undefined) return answer(unavailable);
  const judged = judgeRequest(opening.request, settings.handshake, opening.authority);
  const outcome = isHandshakeFault(judged) ? refusal(judged) : accept(judged);
  return settings.processResponse === undefined ? outcome : revise(outcome, opening, settings);
}

function unavailableFor<UserData>({ host, pending }: OpeningRequest<UserData>): HttpResponseHead | undefined {
  return host.unavailable(pending.remoteAddress);
}

function accept(agreement: ServerAgreement): Outcome {
  const { status, headers } = agreement;
  const response = { status, statusText: reasonPhrase(status), headers, body: undefined };
  return { response, agreement, fault: undefined };
}

/** A response that takes the place of the handshake. */
export function answer(response: HttpResponseHead): Outcome {
  return { response, agreement: undefined, fault: undefined };
}

export function refusal(fault: HandshakeFault): Outcome {
  return { response: faultResponse(fault), agreement: undefined, fault };
}

/** Lets `processResponse` have its way. What it puts in place of an agreement refuses the connection. */
async function revise<UserData>(
  outcome: Outcome,
  opening: OpeningRequest<UserData>,
  settings: ServerSettings<UserData>,
): Promise<Outcome> {
  try {
    const replacement = await settings.processResponse?.(opening.request, outcome.response, opening.pending);
    const refused = outcome.agreement === undefined ? undefined : unavailableFor(opening);
    if (replacement === undefined && refused === undefined) return outcome;
    release(outcome);
    return answer(refused ?? (await readResponse(replacement!)));
  } catch (error) {
    release(outcome);
    return refusal(callbackFault(error));
  }
}

/** Nothing will come of what was agreed on. */
export function release({ agreement }: Outcome): void {
  releaseExtensions(agreement?.extensions ?? []);
}
