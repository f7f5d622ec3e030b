import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../handshake/http-headers.ts";
import type { ReceivedResponse } from "../handshake/response-reader.ts";
import type { Hop } from "./client-opening.ts";
import { HandshakeError } from "./errors.ts";
import { nextHop, type RedirectLimits } from "./redirects.ts";

const LIMITS: RedirectLimits = { maxRedirects: 10, path: undefined };

function hopTo(url: string): Hop {
  const headers = new HttpHeaders({
    Authorization: "Bearer t",
    cookie: "c=1",
    "Proxy-Authorization": "p",
    Host: "v",
    "X-Own": "1",
  });
  return { url: new URL(url), headers, tls: { servername: "v", minVersion: "TLSv1.3" } };
}

function redirect(status: number, location?: string): ReceivedResponse {
  const headers = new HttpHeaders(location === undefined ? [] : [["Location", location]]);
  return { status, statusText: "Found", httpVersion: "1.1", headers, body: undefined };
}

function follow(from: string, location: string, limits = LIMITS): Hop | undefined {
  return nextHop(hopTo(from), redirect(302, location), 0, limits);
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof HandshakeError && error.response?.status === 302) return error.code;
    throw error;
  }
  return undefined;
}

describe("what is a redirect", () => {
  test.each([300, 301, 302, 303, 307, 308])("%d", (status) => {
    expect(nextHop(hopTo("ws://h/a"), redirect(status, "/b"), 0, LIMITS)?.url.href).toBe("ws://h/b");
    expect(nextHop(hopTo("ws://h/a"), redirect(status), 0, LIMITS)).toBeUndefined();
  });

  test.each([200, 304, 305, 401, 503])("%d is none", (status) => {
    expect(nextHop(hopTo("ws://h/a"), redirect(status, "/b"), 0, LIMITS)).toBeUndefined();
  });
});

describe("where it leads", () => {
  test.each([
    ["ws://h/a/b?q", "c", "ws://h/a/c"],
    ["ws://h/a", "?r", "ws://h/a?r"],
    ["ws://h/a", "//g/b", "ws://g/b"],
    ["ws://h/a", "http://g/b", "ws://g/b"],
    ["ws://h/a", "https://g/b", "wss://g/b"],
    ["wss://h/a", "wss://g:1/b", "wss://g:1/b"],
    ["ws://u:p@h/a", "/b", "ws://u:p@h/b"],
    ["ws://u:p@h/a", "http://h/b", "ws://u:p@h/b"],
    ["ws://u:p@h/a", "ws://v:q@h/b", "ws://v:q@h/b"],
    ["ws://u:p@h/a", "ws://g/b", "ws://g/b"],
    ["ws://u:p@h/a", "ws://v:q@g/b", "ws://g/b"],
  ])("from %s by %s to %s", (from, location, to) => {
    expect(follow(from, location)?.url.href).toBe(to);
  });
});

describe("what goes along", () => {
  test("to the same origin, everything", () => {
    const hop = hopTo("ws://h/a");
    expect(nextHop(hop, redirect(302, "http://h:80/b"), 0, LIMITS)).toEqual({ ...hop, url: new URL("ws://h/b") });
  });

  test.each(["ws://g/", "ws://h:81/", "wss://h/"])("to another origin, %s, no credentials", (location) => {
    const hop = follow("ws://h/a", location);
    expect([...hop!.headers]).toEqual([["X-Own", "1"]]);
    expect(hop!.tls).toEqual({ minVersion: "TLSv1.3" });
  });
});

describe("what is refused", () => {
  test.each([
    ["wss://h/", "ws://h/"],
    ["wss://h/", "http://h/"],
    ["ws://h/", "ftp://h/"],
    ["ws://h/", "ws://"],
    ["ws://h/", "/b#part"],
    ["ws://h/", "javascript:alert(1)"],
  ])("from %s to %s", (from, location) => {
    expect(codeOf(() => follow(from, location))).toBe("REDIRECT_REFUSED");
  });

  test("from a Unix socket to another origin", () => {
    const limits = { maxRedirects: 10, path: "/run/s" };
    expect(codeOf(() => follow("ws://h/", "ws://g/", limits))).toBe("REDIRECT_REFUSED");
    expect(follow("ws://h/", "/b", limits)?.url.href).toBe("ws://h/b");
  });

  test("one more than maxRedirects", () => {
    const limits = { maxRedirects: 2, path: undefined };
    expect(nextHop(hopTo("ws://h/"), redirect(302, "/b"), 1, limits)).toBeDefined();
    expect(codeOf(() => nextHop(hopTo("ws://h/"), redirect(302, "/b"), 2, limits))).toBe("TOO_MANY_REDIRECTS");
  });
});
