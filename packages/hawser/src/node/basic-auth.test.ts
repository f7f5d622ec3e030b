import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { createRequestHead } from "../handshake/http-request.ts";
import { type BasicAuthOptions, basicAuth } from "./basic-auth.ts";
import { PendingConnection } from "./pending-connection.ts";

const NOWHERE = { localAddress: undefined, localPort: undefined, remoteAddress: undefined, remotePort: undefined };

/** Asks with these Authorization lines. */
async function ask(options: BasicAuthOptions, ...lines: string[]) {
  const headers = new HttpHeaders(lines.map((line) => ["Authorization", line] as const));
  const connection = new PendingConnection({ ...NOWHERE, isSecure: true });
  const request = createRequestHead({ method: "GET", path: "/", httpVersion: "1.1", headers, isSecure: true });
  const response = await basicAuth(options)(request, connection);
  return {
    status: response?.status,
    text: await response?.text(),
    challenge: response?.headers.get("WWW-Authenticate"),
    username: connection.username,
  };
}

function basic(credentials: string | Uint8Array): string {
  return `Basic ${Buffer.from(credentials as string).toString("base64")}`;
}

const ALLOWED = { status: undefined, text: undefined, challenge: undefined };
const HELLO = { credentials: ["hello", "iloveyou"] } as const;

function refused(text: string) {
  return { status: 401, text: `${text}\n`, challenge: 'Basic realm="", charset="UTF-8"', username: undefined };
}

describe("credentials", () => {
  const several = new Map([
    ["hello", "iloveyou"],
    ["zoë", "gr:üße:"],
    ["", ""],
  ]);

  test.each([
    ["hello:iloveyou", "hello"],
    ["zoë:gr:üße:", "zoë"],
    [":", ""],
  ])("%s is let in", async (credentials, username) => {
    expect(await ask({ credentials: several }, basic(credentials))).toEqual({ ...ALLOWED, username });
  });

  test.each([
    "hello:iloveyo",
    "hello:iloveyou ",
    "hello:Iloveyou",
    "Hello:iloveyou",
    "hello:gr:üße:",
    "nobody:iloveyou",
    "hello:",
    "hello",
    "",
    "hello:ilove\0you",
    "\ufeffhello:iloveyou",
  ])("%j is refused", async (credentials) => {
    const expected = credentials === "" ? "Unsupported credentials" : "Invalid credentials";
    expect(await ask({ credentials: several }, basic(credentials))).toEqual(refused(expected));
  });

  test("may be one pair", async () => {
    expect((await ask(HELLO, basic("hello:iloveyou"))).username).toBe("hello");
  });

  test("may hold several passwords for one user", async () => {
    const credentials = [
      ["hello", "old"],
      ["hello", "new"],
    ] as const;
    expect((await ask({ credentials }, basic("hello:old"))).username).toBe("hello");
    expect((await ask({ credentials }, basic("hello:new"))).username).toBe("hello");
  });

  test("of another encoding than UTF-8 are refused", async () => {
    expect(await ask({ credentials: ["zoë", "x"] }, basic(Buffer.from("zoë:x", "latin1")))).toEqual(
      refused("Invalid credentials"),
    );
  });

  test("are judged at once", () => {
    const headers = new HttpHeaders([["Authorization", basic("hello:iloveyou")]]);
    const request = createRequestHead({ method: "GET", path: "/", httpVersion: "1.1", headers, isSecure: true });
    expect(basicAuth(HELLO)(request, new PendingConnection({ ...NOWHERE, isSecure: true }))).toBeUndefined();
  });
});

describe("the Authorization header", () => {
  test.each([
    ["is missing", [], "Missing credentials"],
    ["is empty", [""], "Unsupported credentials"],
    ["is of another scheme", ["Bearer aGVsbG86aWxvdmV5b3U="], "Unsupported credentials"],
    ["has a scheme only", ["Basic"], "Unsupported credentials"],
    ["has parameters", ['Basic a="b"'], "Unsupported credentials"],
    ["is not base64", ["Basic aGVsbG86aWxvdmV5b3U*"], "Unsupported credentials"],
    ["lacks padding", ["Basic aGVsbG86aWxvdmV5b3U"], "Unsupported credentials"],
    ["has too much padding", ["Basic aGVsbG86aWxvdmV5b3U=="], "Unsupported credentials"],
    ["is of the URL-safe alphabet", ["Basic _-86aWxvdmV5b3U="], "Unsupported credentials"],
    ["stands twice", [basic("hello:iloveyou"), basic("hello:iloveyou")], "Unsupported credentials"],
  ])("%s", async (_name, lines, text) => {
    expect(await ask(HELLO, ...lines)).toEqual(refused(text));
  });

  test.each(["basic aGVsbG86aWxvdmV5b3U=", "BASIC   aGVsbG86aWxvdmV5b3U="])("%s is let in", async (line) => {
    expect((await ask(HELLO, line)).username).toBe("hello");
  });
});

describe("check", () => {
  test.each([
    ["sync", (username: string, password: string) => username === "a" && password === "b:c"],
    ["async", async (username: string, password: string) => username === "a" && password === "b:c"],
  ])("%s", async (_name, check) => {
    expect(await ask({ checkCredentials: check }, basic("a:b:c"))).toEqual({ ...ALLOWED, username: "a" });
    expect(await ask({ checkCredentials: check }, basic("a:b"))).toEqual(refused("Invalid credentials"));
  });

  test.each([1, "yes", {}, undefined])("letting in takes true, not %j", async (result) => {
    expect(await ask({ checkCredentials: () => result as never }, basic("a:b"))).toEqual(
      refused("Invalid credentials"),
    );
    expect(await ask({ checkCredentials: async () => result as never }, basic("a:b"))).toEqual(
      refused("Invalid credentials"),
    );
  });

  test("what it throws is the hook's to report", async () => {
    const failure = new Error("database gone");
    const check = () => Promise.reject(failure);
    await expect(ask({ checkCredentials: check }, basic("a:b"))).rejects.toBe(failure);
  });

  test("is not asked without credentials", async () => {
    let asked = 0;
    const check = () => ++asked > 0;
    expect((await ask({ checkCredentials: check })).status).toBe(401);
    expect(asked).toBe(0);
  });
});

describe("realm", () => {
  test.each([
    ["feed", 'Basic realm="feed", charset="UTF-8"'],
    ['say "hi" \\', 'Basic realm="say \\"hi\\" \\\\", charset="UTF-8"'],
    ["été", 'Basic realm="été", charset="UTF-8"'],
  ])("%j", async (realm, challenge) => {
    expect((await ask({ ...HELLO, realm })).challenge).toBe(challenge);
  });

  test.each(["a\r\nSet-Cookie: a=b", "a\nb", "\0", "日本", 5])("refuses %j", (realm) => {
    expect(() => basicAuth({ ...HELLO, realm: realm as string })).toThrow(
      /^Cannot set up basicAuth: realm must be a string of ISO-8859-1 without control characters, got "/,
    );
  });
});

describe("options", () => {
  test.each([
    [{}, "exactly one of credentials and checkCredentials must be given, got neither"],
    [
      { ...HELLO, checkCredentials: () => true },
      "exactly one of credentials and checkCredentials must be given, got both",
    ],
    [{ ...HELLO, relm: "" }, 'there is no option "relm", did you mean "realm"?'],
    [{ checkCredentials: true }, "checkCredentials must be a function, got boolean"],
    [{ credentials: "hello:iloveyou" }, "credentials must be a [username, password] pair or pairs, got string"],
    [{ credentials: null }, "credentials must be a [username, password] pair or pairs, got object"],
    [{ credentials: [] }, "credentials must have at least one pair, got none"],
    [{ credentials: ["hello"] }, "credentials must be [username, password] pairs of two strings"],
    [{ credentials: ["a", "b", "c"] }, "credentials must be [username, password] pairs of two strings"],
    [{ credentials: [["a", 5]] }, "credentials must be [username, password] pairs of two strings"],
    [{ credentials: [5] }, "credentials must be [username, password] pairs of two strings"],
    [
      { credentials: ["a:b", "c"] },
      'a username must have neither colons nor control characters (RFC 7617, section 2), got "a:b"',
    ],
    [{ credentials: ["a", "b\n"] }, 'the password of "a" has control characters (RFC 7617, section 2)'],
  ])("%j are refused", (options, message) => {
    expect(() => basicAuth(options as never)).toThrow(new TypeError(`Cannot set up basicAuth: ${message}`));
  });

  test("a password does not get into a message", () => {
    expect(() => basicAuth({ credentials: ["a", "secret\n"] })).not.toThrow(/secret/);
  });
});
