/**
 * One attempt at opening a connection as a stream of HTTP/2: the extended CONNECT of RFC 8441, and its answer.
 */

import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import type { ClientRequest } from "../handshake/client-handshake.ts";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { reasonPhrase } from "../handshake/http-response.ts";
import type { ReceivedResponse } from "../handshake/response-reader.ts";
import { http2Fields } from "./http2-fields.ts";
import { awaitStream } from "./stream-events.ts";

/** Bytes of a refusal's body that are kept, as with HTTP/1.1. */
const MAX_BODY_SIZE = 1_048_576;

/** RFC 8441, section 4: "the :scheme and :path pseudo-header fields of the target URI MUST also be included". */
export function connectFields({ path, headers }: ClientRequest, isSecure: boolean): OutgoingHttpHeaders {
  const { host, ...fields } = http2Fields(headers);
  return {
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":scheme": isSecure ? "https" : "http",
    ":path": path,
    ":authority": host as string,
    ...fields,
  };
}

/** Resolves with the answer; a refusal has its body. Rejects with the stream's error or the signal's reason. */
export async function awaitAnswer(stream: ClientHttp2Stream, signal: AbortSignal): Promise<ReceivedResponse> {
  const answer = await awaitStream<ReceivedResponse>(stream, signal, (done) => ({
    response: (fields: IncomingHttpHeaders) => done(responseOf(fields)),
  }));
  const isRefusal = answer.status < 200 || answer.status > 299;
  return isRefusal ? { ...answer, body: await readBody(stream, signal) } : answer;
}

function responseOf(fields: IncomingHttpHeaders): ReceivedResponse {
  const status = Number(fields[":status"]);
  const lines: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) lines.push(name, String(one));
  }
  const headers = HttpHeaders.ofParsedLines(lines);
  return { status, statusText: reasonPhrase(status), headers, httpVersion: "2.0", body: undefined };
}

function readBody(stream: ClientHttp2Stream, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  return awaitStream<Uint8Array>(stream, signal, (done) => {
    const finish = () => {
      done(new Uint8Array(Buffer.concat(chunks).subarray(0, MAX_BODY_SIZE)));
      stream.close();
    };
    return {
      data: (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= MAX_BODY_SIZE) finish();
      },
      end: finish,
      close: finish,
      error: finish,
    };
  });
}
