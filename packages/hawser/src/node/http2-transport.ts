/**
 * A server's stream of HTTP/2 as a transport. Not every client ends its side of one: Firefox leaves that to the server.
 */

import { constants, type ServerHttp2Stream } from "node:http2";
import { StreamTransport } from "./stream-transport.ts";

export class Http2Transport extends StreamTransport {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    super(stream);
    this.#stream = stream;
  }

  /**
   * RFC 9113 8.1: "a server MAY request that the client abort transmission of a request without error by sending a RST_STREAM
   * with an error code of NO_ERROR after sending a complete response". Node sends it behind all that was written.
   */
  override finish(isPeerDone = false): void {
    super.finish();
    if (isPeerDone) this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }
}
