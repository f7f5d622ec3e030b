/**
 * A stream of HTTP/2 as a connection's transport: it breaks off as RFC 8441 wants it. Knows neither side.
 */

import { constants, type Http2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { StreamTransport } from "./stream-transport.ts";

export class Http2Transport extends StreamTransport {
  readonly #stream: Http2Stream;

  constructor(stream: Http2Stream) {
    super(stream as Duplex);
    this.#stream = stream;
  }

  /** RFC 8441, section 5: what would be a reset of TCP is RST_STREAM with the error code CANCEL. */
  override abort(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
    super.abort();
  }
}
