import { describe, expect, test } from "vitest";
import { createPayloads, STAMP_LENGTH, stamped, stampOf } from "./payloads.ts";

describe("payloads", () => {
  test("of a size are letters by chance, the same every time, each another", () => {
    const payloads = createPayloads({ kind: "size", bytes: 125, isBinary: false });
    expect(payloads.every(({ content, bytes }) => bytes === 125 && /^[\w-]{125}$/.test(String(content)))).toBe(true);
    expect(new Set(payloads.map(({ content }) => content)).size).toBe(payloads.length);
    expect(createPayloads({ kind: "size", bytes: 125, isBinary: false })).toEqual(payloads);
  });

  test("may be bytes", () => {
    const [first] = createPayloads({ kind: "text", text: "é", isBinary: true });
    expect(first).toEqual({ content: Buffer.from("é"), bytes: 2 });
  });

  test("of a corpus are its messages", () => {
    const messages = [Buffer.from("one"), Buffer.from("zwölf")];
    expect(createPayloads({ kind: "corpus", messages, isBinary: false })).toEqual([
      { content: "one", bytes: 3 },
      { content: "zwölf", bytes: 6 },
    ]);
  });
});

describe("a stamp", () => {
  const [text, binary] = [false, true].map(
    (isBinary) => createPayloads({ kind: "size", bytes: 40, isBinary })[0]!,
  ) as unknown as [ReturnType<typeof stamped>, ReturnType<typeof stamped>];

  test.each([
    ["text", () => text],
    ["binary", () => binary],
  ])("is read back from %s, whose size stays", (_name, payload) => {
    const message = stamped(payload(), 123_456_789.125);
    expect(message.bytes).toBe(40);
    expect(stampOf(message.content)).toBe(123_456_789.125);
  });

  test("fits the smallest message", () => {
    const [payload] = createPayloads({ kind: "size", bytes: STAMP_LENGTH, isBinary: false });
    expect(stamped(payload!, 7).content).toHaveLength(STAMP_LENGTH);
  });

  test("stands where a template wants it, whatever the server wraps around", () => {
    const [payload] = createPayloads({ kind: "text", text: '{"say":"{stamp}"}', isBinary: false });
    const { content } = stamped(payload!, 5);
    expect(content).toBe('{"say":"~0000003uw"}');
    expect(stampOf(`{"from":1,"message":${content}}`)).toBe(5);
  });

  test("is missing in what others send", () => {
    expect(stampOf("welcome ~user")).toBeUndefined();
  });
});
