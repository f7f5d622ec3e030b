import { describe, expect, test } from "vitest";
import { respond } from "./respond.ts";

describe("respond", () => {
  test("makes a response of plain text in UTF-8", async () => {
    const response = respond(404, "Pas trouvé\n");
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.statusText]).toEqual([404, "Not Found"]);
    expect([...response.headers]).toEqual([["content-type", "text/plain; charset=utf-8"]]);
    expect(Buffer.from(await response.arrayBuffer()).toString("hex")).toBe(
      Buffer.from("Pas trouvé\n", "utf8").toString("hex"),
    );
  });

  test.each([
    ["pairs", [["Retry-After", "5"]] as const],
    ["a record", { "Retry-After": "5" }],
    ["a Map", new Map([["Retry-After", "5"]])],
    ["WHATWG Headers", new Headers({ "Retry-After": "5" })],
  ])("takes headers as %s", (_name, headers) => {
    expect(respond(503, "", headers).headers.get("Retry-After")).toBe("5");
  });

  test("keeps several lines of one header", () => {
    expect(respond(200, "", { "Set-Cookie": ["a=1", "b=2"] }).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("leaves the type of the content to the caller", () => {
    const response = respond(200, "{}", { "content-type": "application/json" });
    expect(response.headers.get("Content-Type")).toBe("application/json");
  });

  test.each([204, 205, 304])("makes a response without content for %i", (status) => {
    const response = respond(status, "", { ETag: '"1"' });
    expect([...response.headers]).toEqual([["etag", '"1"']]);
    expect(response.body).toBeNull();
  });

  test.each([101, 199, 600, 200.5, Number.NaN, "200" as never])("refuses the status %s", (status) => {
    expect(() => respond(status, "")).toThrow(
      new RangeError(`Cannot respond: the status must be an integer from 200 to 599, got ${status}`),
    );
  });

  test.each([
    [() => respond(200, 5 as never), "Cannot respond: the text must be a string, got number"],
    [() => respond(204, "x"), 'Cannot respond: a response with status 204 has no content, got the text "x"'],
    [() => respond(200, "", { "X-A": "a\r\nX-B: b" }), /^Cannot append header X-A: its value must be/],
    [() => respond(200, "", { "X A": "a" }), /^Cannot append header: its name must be a token/],
  ])("refuses what cannot be sent (%#)", (call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});
