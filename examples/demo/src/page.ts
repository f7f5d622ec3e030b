/**
 * The page: the files of `public/`, read once at the start, answered from memory.
 *
 * Knows nothing of WebSocket. Nothing outside the folder can be asked for, because a path is looked up, never opened.
 */

import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";

/** Beside both `src/` and `dist/`, so that it is found from the sources and from the build. */
const PUBLIC = new URL("../public/", import.meta.url);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Only our own files, and connections only to our own origin; `'self'` of `connect-src` covers `ws:` and `wss:`. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The answer to a path, or `undefined` if the page has no such file. A new one at each call: a body is read once. */
export type Page = (pathname: string) => Response | undefined;

/** Reads `public/`. Rejects if a file's type is not known, so that none is ever served as something to guess. */
export async function loadPage(): Promise<Page> {
  const names = await readdir(PUBLIC);
  const files = new Map(await Promise.all(names.map(loadFile)));
  return (pathname) => files.get(pathname === "/" ? "/index.html" : pathname)?.();
}

async function loadFile(name: string): Promise<[pathname: string, respond: () => Response]> {
  const type = CONTENT_TYPES[extname(name)];
  if (type === undefined) throw new TypeError(`Cannot serve public/${name}: no content type is known for it`);
  const text = await readFile(new URL(name, PUBLIC), "utf8");
  const headers = {
    "Content-Type": type,
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
  return [`/${name}`, () => new Response(text, { headers })];
}
