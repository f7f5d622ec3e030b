import { describe, expect, test } from "vitest";
import { exchangeMessage, pseudoRandomBytes } from "../messages.ts";
import { MessageDeflater, MessageInflater } from "./compression.ts";
import { matchMessage, storedMessage } from "./deflate-writer.ts";
import { deflateParameters, parseExtensions, responseFault } from "./extension-header.ts";
import { DistanceAudit } from "./inflate.ts";

const HELLO = Buffer.from("f248cdc9c90700", "hex");
const TAIL = Buffer.of(0, 0, 0xff, 0xff);

describe.each([9, 11, 15])("a window of 2^%d", (windowBits) => {
  test.each([false, true])("what is deflated is inflated again, no context takeover: %s", async (noContextTakeover) => {
    const deflater = new MessageDeflater({ windowBits, noContextTakeover });
    const inflater = new MessageInflater({ windowBits, noContextTakeover });
    for (let index = 0; index < 20; index++) {
      const { payload } = exchangeMessage(index);
      expect(await inflater.inflate(await deflater.deflate(payload))).toEqual(Buffer.from(payload));
    }
    deflater.close();
    inflater.close();
  });
});

test("a sender that exceeds the agreed window is found out", async () => {
  const deflater = new MessageDeflater({ windowBits: 15, noContextTakeover: false });
  const inflater = new MessageInflater({ windowBits: 9, noContextTakeover: false });
  const messages = Array.from({ length: 20 }, (_, index) => exchangeMessage(index).payload);
  const all = (async () => {
    for (const payload of messages) await inflater.inflate(await deflater.deflate(payload));
  })();
  await expect(all).rejects.toThrow(/exceeds the agreed window of 512/);
  deflater.close();
  inflater.close();
});

describe("the audit of distances", () => {
  test("tells the largest distance", () => {
    const audit = new DistanceAudit();
    audit.read(Buffer.concat([storedMessage(pseudoRandomBytes(700, 1)), TAIL]));
    audit.read(Buffer.concat([matchMessage(10, 700), TAIL]));
    audit.read(Buffer.concat([matchMessage(3, 1), TAIL]));
    expect(audit.largestDistance).toBe(700);
  });

  test("refuses a distance before the first byte", () => {
    const audit = new DistanceAudit();
    audit.read(Buffer.concat([HELLO, TAIL]));
    expect(() => audit.read(Buffer.concat([matchMessage(5, 6), TAIL]))).toThrow("distance 6");
  });

  test("forgets the history on reset", () => {
    const audit = new DistanceAudit();
    audit.read(Buffer.concat([HELLO, TAIL]));
    audit.reset();
    expect(() => audit.read(Buffer.concat([matchMessage(5, 5), TAIL]))).toThrow("distance 5");
  });

  test.each([
    ["a reserved block type", "06"],
    ["lengths that differ", "000500fafe48656c6c6f00"],
    ["an end within a block", "f248cd"],
  ])("refuses %s", (_name, bytes) => {
    expect(() => new DistanceAudit().read(Buffer.from(bytes, "hex"))).toThrow(RangeError);
  });
});

test.each([1, 4, 5, 24, 25, 512, 513, 24_577, 32_768])(
  "a match at distance %d is what zlib reads",
  async (distance) => {
    const history = pseudoRandomBytes(32_768, 2);
    const inflater = new MessageInflater({ windowBits: 15, noContextTakeover: false });
    await inflater.inflate(storedMessage(history));
    const start = history.length - distance;
    expect((await inflater.inflate(matchMessage(3, distance)))[0]).toBe(history[start]);
    inflater.close();
  },
);

describe("responses to offers", () => {
  const fault = (response: string, offer: string): string | undefined =>
    responseFault(parseExtensions(response)[0]!, parseExtensions(offer)[0]!, true);

  test.each([
    ["pmd", "pmd"],
    ["pmd; server_max_window_bits=12", "pmd"],
    ["pmd; server_max_window_bits=10", "pmd; server_max_window_bits=10"],
    ["pmd; client_max_window_bits=12", "pmd; client_max_window_bits"],
    ["pmd; server_no_context_takeover; client_no_context_takeover", "pmd"],
  ])("%s is an answer to %s", (response, offer) => {
    expect(fault(response, offer)).toBeUndefined();
  });

  test.each([
    ["pmd; client_max_window_bits=12", "pmd", "was not offered"],
    ["pmd; client_max_window_bits=15", "pmd; client_max_window_bits=10", "more than the offered 10"],
    ["pmd; server_max_window_bits=12", "pmd; server_max_window_bits=10", "more than the offered 10"],
    ["pmd", "pmd; server_max_window_bits=10", "is not in the response"],
    ["pmd", "pmd; server_no_context_takeover", "is not in the response"],
    ["pmd", "pmd; client_no_context_takeover", "is not in the response"],
    ["pmd; server_max_window_bits=7", "pmd", "not 8 to 15"],
    ["pmd; server_max_window_bits=08", "pmd", "not 8 to 15"],
    ["pmd; client_max_window_bits", "pmd; client_max_window_bits", "not 8 to 15"],
    ["pmd; server_no_context_takeover=1", "pmd", "has a value"],
    ["pmd; x", "pmd", "is no parameter"],
    ["pmd; server_no_context_takeover; server_no_context_takeover", "pmd", "repeated"],
  ])("%s is no answer to %s", (response, offer, expected) => {
    expect(fault(response, offer)).toContain(expected);
  });

  test("windows are 15 bits unless the response says otherwise", () => {
    expect(deflateParameters(parseExtensions("pmd; client_max_window_bits=9; server_no_context_takeover")[0]!)).toEqual(
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: false,
        serverMaxWindowBits: 15,
        clientMaxWindowBits: 9,
      },
    );
  });
});
