/**
 * The server at the far end of a route that is examined: it tells what reaches it, and ends connections as it is told to.
 *
 * An application's server can be examined too, but tells less.
 */

import { type ServeOptions, type Server, type ServerConnection, serve } from "hawser";

/** By this subprotocol the two ends recognize each other. */
export const DOCTOR_PROTOCOL = "hawser-doctor.v1";

/** What a text message asks; bytes are sent back as they are. */
export type Question =
  | { readonly ask: "seen" }
  | { readonly ask: "close"; readonly code: number; readonly reason: string }
  | { readonly ask: "closed"; readonly id: string };

/** How a connection looks from the server. */
export interface Seen {
  readonly id: string;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly isSecure: boolean;
  readonly httpVersion: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The close code that the server got. */
export interface SeenClose {
  readonly closeCode: number | undefined;
}

/** Checked, because whoever takes the subprotocol may answer anything. */
export function readSeen(answer: unknown): Seen | undefined {
  if (!isRecord(answer)) return undefined;
  const { id, remoteAddress, remotePort, isSecure, httpVersion, path, headers } = answer;
  const isSeen =
    [id, httpVersion, path].every((one) => typeof one === "string") &&
    typeof isSecure === "boolean" &&
    ["string", "undefined"].includes(typeof remoteAddress) &&
    ["number", "undefined"].includes(typeof remotePort) &&
    Array.isArray(headers) &&
    headers.every(isHeader);
  return isSeen ? (answer as unknown as Seen) : undefined;
}

function isHeader(line: unknown): boolean {
  return Array.isArray(line) && line.length === 2 && line.every((part) => typeof part === "string");
}

export function readSeenClose(answer: unknown): SeenClose | undefined {
  if (!isRecord(answer)) return undefined;
  const { closeCode } = answer;
  return ["number", "undefined"].includes(typeof closeCode)
    ? { closeCode: closeCode as number | undefined }
    : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Connections whose end is remembered. */
const REMEMBERED = 1_000;

/** @param options of `serve()`: where it listens, and whom it trusts */
export function startCounterpart(options: ServeOptions): Promise<Server> {
  const closes = new Map<string, number | undefined>();
  const handler = async (ws: ServerConnection) => {
    void ws.waitClosed().then(() => remember(closes, ws));
    for await (const message of ws) {
      if (typeof message !== "string") await ws.send(message);
      else await answer(ws, message, closes);
    }
  };
  // Silent by itself, so that the time can be measured after which somebody on the way loses patience
  return serve(handler, { maxSize: 67_108_864, pingInterval: null, ...options, selectSubprotocol: select });
}

function select(offered: readonly string[]): string | undefined {
  return offered.includes(DOCTOR_PROTOCOL) ? DOCTOR_PROTOCOL : undefined;
}

function remember(closes: Map<string, number | undefined>, { id, closeCode }: ServerConnection): void {
  closes.set(id, closeCode);
  if (closes.size > REMEMBERED) closes.delete(closes.keys().next().value!);
}

async function answer(ws: ServerConnection, text: string, closes: Map<string, number | undefined>): Promise<void> {
  const question = parse(text);
  if (question?.ask === "seen") await ws.send(JSON.stringify(seenOf(ws)));
  else if (question?.ask === "closed") await ws.send(JSON.stringify({ closeCode: closes.get(question.id) }));
  else if (question?.ask === "close") await ws.close(question.code, question.reason);
  else await ws.send(text);
}

function parse(text: string): Question | undefined {
  try {
    return JSON.parse(text) as Question;
  } catch {
    return undefined;
  }
}

function seenOf({ id, remoteAddress, remotePort, isSecure, request }: ServerConnection): Seen {
  const { path, httpVersion, headers } = request;
  return { id, remoteAddress, remotePort, isSecure, httpVersion, path, headers: [...headers] };
}
