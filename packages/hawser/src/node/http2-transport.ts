/**
 * Streams of HTTP/2 as transports of connections: how they are broken off, and how a server ends one.
 */

import { constants, type Http2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { StreamTransport } from "./stream-transport.ts";

export class Http2Transport extends StreamTransport {
  protected readonly stream: Http2Stream;

  constructor(stream: Http2Stream) {
    super(stream as Duplex);
    this.stream = stream;
  }

  /** RFC 8441, section 5: what would be a reset of TCP is RST_STREAM with the error code CANCEL. */
  override abort(): void {
    this.stream.close(constants.NGHTTP2_CANCEL);
    super.abort();
  }
}

/** Not every client ends its side of a stream: Firefox leaves that to the server. */
export class Http2ServerTransport extends Http2Transport {
  /**
   * RFC 9113 8.1: "a server MAY request that the client abort transmission of a request without error by sending a RST_STREAM
   * with an error code of NO_ERROR after sending a complete response". Node sends it behind all that was written.
   */
  override finish(isPeerDone = false): void {
    super.finish();
    if (isPeerDone) this.stream.close(constants.NGHTTP2_NO_ERROR);
  }
}
