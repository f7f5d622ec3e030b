import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HeadersLike, HttpHeaders } from "./http-headers.ts";

/** Text of any characters up to U+017F, controls and ISO-8859-1 among them. */
const anyText = fc.array(fc.nat(0x17f)).map((codes) => String.fromCharCode(...codes));

describe("headers", () => {
  test("match names without regard to case and keep them as given", () => {
    const headers = new HttpHeaders([
      ["Host", "example.org"],
      ["X-One", "1"],
      ["x-ONE", "2"],
    ]);
    expect(headers.get("HOST")).toBe("example.org");
    expect(headers.get("x-one")).toBe("1, 2");
    expect(headers.getAll("X-One")).toEqual(["1", "2"]);
    expect(headers.has("X-ONE")).toBe(true);
    expect([...headers.keys()]).toEqual(["Host", "X-One", "x-ONE"]);
    expect([...headers.values()]).toEqual(["example.org", "1", "2"]);
    expect([...headers]).toEqual([...headers.entries()]);
  });

  test.each([
    ["none", []],
    [
      "some, with an empty value and one that stands twice",
      [
        ["A", "1"],
        ["B", ""],
        ["a", "2"],
      ],
    ],
  ] as [string, [string, string][]][])("can be packed: %s", (_name, pairs) => {
    const headers = new HttpHeaders(pairs);
    const packed = headers.pack();
    expect(headers.pack()).toBe(packed);
    expect([...headers]).toEqual(pairs);
    expect([...HttpHeaders.unpack(packed)]).toEqual(pairs);
    headers.pack();
    headers.append("C", "3");
    expect([...headers]).toEqual([...pairs, ["C", "3"]]);
  });

  test("know nothing that was not set", () => {
    const headers = new HttpHeaders();
    for (const name of ["host", "constructor", "__proto__", "toString", ""]) {
      expect(headers.get(name)).toBeUndefined();
      expect(headers.getAll(name)).toEqual([]);
      expect(headers.has(name)).toBe(false);
    }
  });

  test("hold names of Object.prototype like any other", () => {
    const headers = new HttpHeaders([["__proto__", "1"]]);
    headers.append("constructor", "2");
    expect(headers.get("__proto__")).toBe("1");
    expect(headers.get("constructor")).toBe("2");
  });

  test.each<[string, HeadersLike]>([
    [
      "pairs",
      [
        ["A", "1"],
        ["B", "2"],
        ["B", "3"],
      ],
    ],
    ["a record with a list", { A: "1", B: ["2", "3"] }],
    [
      "other headers",
      new HttpHeaders([
        ["A", "1"],
        ["B", "2"],
        ["B", "3"],
      ]),
    ],
  ])("are made of %s", (_name, init) => {
    expect([...new HttpHeaders(init)]).toEqual([
      ["A", "1"],
      ["B", "2"],
      ["B", "3"],
    ]);
  });

  test("are made of WHATWG headers, each Set-Cookie a line", () => {
    const headers = new Headers([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ]);
    expect(new HttpHeaders(headers).getAll("set-cookie")).toEqual(["a=1", "b=2"]);
  });

  test("set() replaces all lines in the place of the first", () => {
    const headers = new HttpHeaders([
      ["A", "1"],
      ["B", "2"],
      ["a", "3"],
      ["C", "4"],
    ]);
    headers.set("a", "5");
    headers.set("D", "6");
    expect([...headers]).toEqual([
      ["a", "5"],
      ["B", "2"],
      ["C", "4"],
      ["D", "6"],
    ]);
  });

  test("delete() removes all lines of a name", () => {
    const headers = new HttpHeaders([
      ["A", "1"],
      ["B", "2"],
      ["a", "3"],
    ]);
    headers.delete("A");
    headers.delete("missing");
    expect([...headers]).toEqual([["B", "2"]]);
  });

  test.each([
    ["an empty name", "", "1", /^Cannot append header: its name must be a token .* got ""$/],
    ["a name with a space", "a b", "1", /got "a b"$/],
    ["a name with LF", "a\n", "1", /got "a\\n"$/],
    ["a name that is no string", 1, "1", /got "1"$/],
    ["a value with CR LF", "A", "1\r\nB: 2", /^Cannot append header A: its value .* got "1\\r\\nB: 2"$/],
    ["a value with NUL", "A", "\0", /got "\\u0000"$/],
    ["a value beyond ISO-8859-1", "A", "\u20ac", /got "\\u20ac"$/],
    ["a value that is no string", "A", undefined, /got "undefined"$/],
  ])("refuse %s", (_name, name, value, message) => {
    const headers = new HttpHeaders();
    expect(() => headers.append(name as string, value as string)).toThrow(TypeError);
    expect(() => headers.append(name as string, value as string)).toThrow(message);
    expect(() => headers.set(name as string, value as string)).toThrow(/^Cannot set header/);
    expect([...headers]).toEqual([]);
  });

  test("refuse a record whose value is neither a string nor a list", () => {
    expect(() => new HttpHeaders({ A: 1 } as unknown as HeadersLike)).toThrow(
      'Cannot append header "A": its value must be a string or a list of them, got "1"',
    );
  });

  test("never hold a line that could end early", () => {
    fc.assert(
      fc.property(anyText, anyText, (name, value) => {
        const headers = new HttpHeaders();
        try {
          headers.append(name, value);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
        for (const line of headers) expect(line.join("")).not.toMatch(/[\r\n\0]/);
      }),
    );
  });
});
