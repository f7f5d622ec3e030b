/**
 * Who is connected to whom on a stream of HTTP/2: those of its session, which many streams share.
 */

import type { Http2Stream } from "node:http2";
import { unmapped } from "./ip-address.ts";
import type { Endpoints } from "./transport.ts";

export function endpointsOfSession({ session }: Http2Stream): Endpoints {
  const { localAddress, localPort, remoteAddress, remotePort } = session?.socket ?? {};
  return {
    localAddress: unmapped(localAddress),
    localPort,
    remoteAddress: unmapped(remoteAddress),
    remotePort,
    isSecure: session?.encrypted === true,
  };
}
