/** Opens connections as a load asks for. */

import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { type ClientConnection, type ConnectOptions, connect } from "hawser";
import type { Load } from "../load.ts";

/** Messages from the server may be as large as they like: its limits are not what is measured. */
const MAX_SIZE = 1_073_741_824;

/** The least that an opening may take (ms), however quick answers must be: the library's default. */
const OPEN_TIMEOUT = 10_000;

/** Opens connection after connection to the load's server. */
export type Open = () => Promise<ClientConnection>;

export function openerOf({ url, first, timeout, handshake }: Load): Open {
  const { isCompressed, headers, subprotocols, origin, isInsecure, addresses } = handshake;
  const options: ConnectOptions = {
    compression: isCompressed ? "deflate" : false,
    subprotocols,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    maxSize: MAX_SIZE,
    openTimeout: Math.max(timeout, OPEN_TIMEOUT),
    // A timer and a ping of the generator's own would be load that nobody asked for
    pingInterval: null,
    lookup: rememberedLookup(),
    ...(origin !== undefined && { origin }),
    ...(isInsecure && { tls: { rejectUnauthorized: false } }),
  };
  let opened = 0;
  return async () => {
    const ws = await connect(addressed(url, opened++ % addresses), options);
    if (first !== undefined) ws.sendNow(first);
    return ws;
  };
}

/** The URL with another loopback address, `0` for itself. */
export function addressed(url: string, number: number): string {
  if (number === 0) return url;
  const other = new URL(url);
  other.hostname = `127.0.${number >> 8}.${(number & 255) + 1}`;
  return other.href;
}

/** Asks for a name once: thousands of look-ups would queue for the thread pool. */
function rememberedLookup(): LookupFunction {
  const known = new Map<string, Promise<readonly LookupAddress[]>>();
  return (hostname, options, callback) => {
    const found = known.get(hostname) ?? lookUp(hostname);
    known.set(hostname, found);
    found.then(
      (addresses) => {
        const [one] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, one!.address, one!.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ""),
    );
  };
}

function lookUp(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}
