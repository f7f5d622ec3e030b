import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PUBLICATION_KINDS, type Publication } from "./publication.ts";
import { decodeWire, encodeWire, WireLimits } from "./wire-form.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const envelope = (header: string, payload = "") => utf8(`${header}\n${payload}`);

function message(data: string | Uint8Array, more: Partial<Publication> = {}): Publication {
  return { topic: "t", kind: "message", data, key: undefined, compress: undefined, ...more };
}

describe("bare", () => {
  test.each<[what: string, wire: string | Uint8Array, data: string | Uint8Array]>([
    ["text", utf8("ahoy ⚓"), "ahoy ⚓"],
    ["text that a client has decoded", "ahoy ⚓", "ahoy ⚓"],
    ["JSON", '{"text":"hi"}', '{"text":"hi"}'],
    ["nothing", "", ""],
    ["bytes", Uint8Array.of(0xff, 0), Uint8Array.of(0xff, 0)],
    ["the beginning of the mark", '{"hawser"', '{"hawser"'],
    ["the mark with a space before", ' {"hawser":1}\n', ' {"hawser":1}\n'],
  ])("%s", (_what, wire, data) => {
    expect(decodeWire("t", wire)).toEqual({ publication: message(data), from: undefined, position: undefined });
  });
});

describe("an envelope, as any program writes it", () => {
  test.each<[header: string, payload: string, publication: Publication, from?: string | undefined, position?: object]>([
    ['{"hawser":1}', "hello", message("hello")],
    ['{"hawser":1}', '{"hawser":1}\nnested', message('{"hawser":1}\nnested')],
    ['{"hawser":1,"type":"text","kind":"message"}', "", message("")],
    ['{"hawser":1,"type":"binary"}', "abc", message(utf8("abc"))],
    ['{"hawser":1,"from":"cron","key":"k","compress":false}', "x", message("x", { key: "k", compress: false }), "cron"],
    ['{"hawser":1,"kind":"join"}', "{}", message("{}", { kind: "join" })],
    ['{"hawser":1,"epoch":"e","offset":7}', "x", message("x"), undefined, { epoch: "e", offset: 7 }],
    ['{"hawser":1,"somethingNew":[1],"fault":"f"}', "x", message("x")],
  ])("%s", (header, payload, publication, from, position) => {
    expect(decodeWire("t", envelope(header, payload))).toEqual({ publication, from, position });
  });

  test("bytes are copied", () => {
    const wire = envelope('{"hawser":1,"type":"binary"}', "abc");
    const decoded = decodeWire("t", wire);
    wire.fill(0);
    expect(decoded).toMatchObject({ publication: { data: utf8("abc") } });
  });
});

describe("faults", () => {
  test.each<[wire: string | Uint8Array, fault: string]>([
    ['{"hawser":1}', "the header must end with a line feed within 2048 bytes"],
    [`{"hawser":1,"x":"${"x".repeat(WireLimits.HEADER)}"}\n`, "the header must end with a line feed within 2048 bytes"],
    ['{"hawser":1\n', "the header must be a JSON object in UTF-8"],
    ['{"hawser":1}}\nx', "the header must be a JSON object in UTF-8"],
    [Uint8Array.of(...utf8('{"hawser":1,"x":"'), 0xff, ...utf8('"}\n')), "the header must be a JSON object in UTF-8"],
    ['{"hawser":2}\nx', "hawser must be 1, got 2"],
    ['{"hawser":"1"}\nx', 'hawser must be 1, got "1"'],
    ['{"hawser":1,"type":"json"}\nx', 'type must be "text" or "binary", got "json"'],
    ['{"hawser":1,"kind":"x"}\nx', 'kind must be "message", "join" or "leave", got "x"'],
    ['{"hawser":1,"kind":["join"]}\nx', 'kind must be "message", "join" or "leave", got ["join"]'],
    ['{"hawser":1,"from":""}\nx', 'from must be a string of 1 to 128 characters, got ""'],
    [
      `{"hawser":1,"from":"${"f".repeat(129)}"}\nx`,
      `from must be a string of 1 to 128 characters, got "${"f".repeat(59)}...`,
    ],
    ['{"hawser":1,"key":5}\nx', "key must be a string of 1 to 255 characters, got 5"],
    ['{"hawser":1,"compress":0}\nx', "compress must be a boolean, got 0"],
    ['{"hawser":1,"offset":1}\nx', "offset must be a whole number with an epoch, got 1"],
    ['{"hawser":1,"epoch":"e","offset":-1}\nx', "offset must be a whole number with an epoch, got -1"],
    ['{"hawser":1,"epoch":"e","offset":1.5}\nx', "offset must be a whole number with an epoch, got 1.5"],
    ['{"hawser":1,"epoch":"e"}\nx', "offset must be a whole number with an epoch, got undefined"],
    [Uint8Array.of(...utf8('{"hawser":1}\n'), 0xff), 'a payload of the type "text" must be UTF-8'],
    [new Uint8Array(WireLimits.PAYLOAD + 1), "the payload must have at most 16777216 bytes, got 16777217"],
  ])("%#", (wire, fault) => {
    expect(decodeWire("t", wire)).toEqual({ fault });
  });

  test("of an envelope that is too long", () => {
    const head = utf8('{"hawser":1,"type":"binary"}\n');
    const wire = new Uint8Array(head.length + WireLimits.PAYLOAD + 1);
    wire.set(head);
    expect(decodeWire("t", wire)).toEqual({ fault: "the payload must have at most 16777216 bytes, got 16777217" });
  });

  test("whatever stands in a channel, nothing is thrown", () => {
    const headers = fc.oneof(
      fc.json(),
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify({ hawser: 1, from: value })),
    );
    fc.assert(
      fc.property(fc.uint8Array(), headers, fc.uint8Array(), (bytes, header, payload) => {
        decodeWire("t", bytes);
        decodeWire("t", Uint8Array.of(...utf8(`{"hawser":${header.slice(1)}`), 10, ...payload));
        decodeWire("t", Uint8Array.of(...utf8(header), 10, ...payload));
      }),
    );
  });
});

test("what is encoded is decoded as it was", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
  const publications = fc.record({
    topic: fc.constant("t"),
    kind: fc.constantFrom(...PUBLICATION_KINDS),
    data: fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array()),
    key: fc.option(name, { nil: undefined }),
    compress: fc.option(fc.boolean(), { nil: undefined }),
  });
  const positions = fc.option(fc.record({ epoch: name, offset: fc.nat() }), { nil: undefined });
  fc.assert(
    fc.property(publications, name, positions, (publication, from, position) => {
      expect(decodeWire("t", encodeWire(publication, from, position))).toEqual({ publication, from, position });
    }),
  );
});

test("an envelope has no more in it than it must", () => {
  expect(new TextDecoder().decode(encodeWire(message("hi"), "me"))).toBe('{"hawser":1,"from":"me"}\nhi');
});
