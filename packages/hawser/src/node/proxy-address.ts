/**
 * Proxies by their URLs: `http`, `https`, `socks4`, `socks4a`, `socks5` and `socks5h`.
 */

import { hasControlCharacter, hostOf, withoutCredentials } from "./client-url.ts";

const DEFAULT_PORTS = { http: 80, https: 443, socks4: 1080, socks4a: 1080, socks5: 1080, socks5h: 1080 } as const;

export type ProxyScheme = keyof typeof DEFAULT_PORTS;

export interface ProxyAddress {
  readonly scheme: ProxyScheme;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** For texts: no credentials. */
  readonly label: string;
}

/**
 * `source` names where the value comes from, such as `proxy` or `https_proxy`.
 *
 * @throws {TypeError} if it is no proxy's URL.
 */
export function parseProxyAddress(source: string, value: string | URL): ProxyAddress {
  const text = String(value);
  if (hasControlCharacter(text) || !URL.canParse(text)) throw invalid(source, "must be a valid URL", text);
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  if (!isProxyScheme(scheme)) throw invalid(source, `must begin with ${schemes()}`, text);
  if (url.hostname === "") throw invalid(source, "must name a host", text);
  if (url.pathname.length > 1 || url.search !== "" || url.hash !== "") {
    throw invalid(source, "must end after the host and the port", text);
  }
  const port = url.port === "" ? DEFAULT_PORTS[scheme] : Number(url.port);
  return {
    scheme,
    host: hostOf(url),
    port,
    username: percentDecoded(url.username),
    password: percentDecoded(url.password),
    label: `${scheme}://${url.hostname}:${port}`,
  };
}

function isProxyScheme(scheme: string): scheme is ProxyScheme {
  return Object.hasOwn(DEFAULT_PORTS, scheme);
}

function schemes(): string {
  return Object.keys(DEFAULT_PORTS)
    .map((scheme) => `${scheme}:`)
    .join(", ");
}

/** A URL keeps a percent sign that encodes nothing, and it stands for itself then. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(source: string, rule: string, value: string): TypeError {
  return new TypeError(`Cannot connect: ${source} ${rule}, got ${JSON.stringify(withoutCredentials(value))}`);
}
