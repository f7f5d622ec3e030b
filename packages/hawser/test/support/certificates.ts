/**
 * A certificate for `localhost`, `secure.test`, 127.0.0.1 and ::1, and the authority that signed it. For tests on the loopback
 * interface alone: its key is public. Valid for a hundred years; the authority's key was thrown away.
 */

import { readFileSync } from "node:fs";

function read(name: string): string {
  return readFileSync(new URL(`./certificates/${name}.pem`, import.meta.url), "utf8");
}

export const authority: string = read("authority");
export const certificate: { readonly cert: string; readonly key: string } = {
  cert: read("localhost"),
  key: read("localhost-key"),
};
