import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NativeDeflatePeer } from "../../../test/native-deflate-peer.ts";
import type { DeflateEngine } from "../../deflate/engine.ts";
import { zlibEngine } from "../../node/zlib-engine.ts";
import type { Extension } from "../../protocol/extension.ts";
import { clientPerMessageDeflate, serverPerMessageDeflate } from "./factories.ts";
import { PerMessageDeflate } from "./permessage-deflate.ts";
import type { PerMessageDeflateSettings } from "./settings.ts";

const TAKEOVER = { windowBits: 15, noContextTakeover: false };
const NO_TAKEOVER = { windowBits: 15, noContextTakeover: true };
const EFFORT = { level: 6, memLevel: 8, strategy: "default", threshold: 0 } as const;

function extension(
  settings: Partial<PerMessageDeflateSettings> = {},
  engine: DeflateEngine = zlibEngine,
): PerMessageDeflate {
  const response = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: undefined,
    clientMaxWindowBits: undefined,
  };
  return new PerMessageDeflate(
    { response, sending: TAKEOVER, receiving: TAKEOVER, effort: EFFORT, ...settings },
    engine,
  );
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function part(options: { isFirst?: boolean; isLast?: boolean; compress?: boolean | undefined } = {}) {
  const { isFirst = true, isLast = true, compress = undefined } = options;
  return { opcode: 1, isFirst, isLast, compress } as const;
}

const FIRST = part({ isLast: false });
const NEXT = part({ isFirst: false, isLast: false });
const LAST = part({ isFirst: false });

/** A text that shrinks alone, and much more after itself. */
const CHAT = utf8('{"room":"lobby","from":"ada","text":"the room is full, the lobby is full, the room is full"}');

describe("the examples of RFC 7692, section 7.2.3", () => {
  test.each([
    ["one block", ["f2 48 cd c9 c9 07 00"]],
    ["a shared window", ["f2 48 cd c9 c9 07 00", "f2 00 11 00 00"]],
    ["no compression", ["00 05 00 fa ff 48 65 6c 6c 6f 00"]],
    ["a block with BFINAL", ["f3 48 cd c9 c9 07 00 00"]],
    ["two blocks", ["f2 48 05 00 00 00 ff ff ca c9 c9 07 00"]],
    // Frames of `f2 48 cd` and `c9 c9 07 00`, as the core joins them
    ["two fragments", ["f2 48 cd c9 c9 07 00"]],
  ])("%s is decoded", (_name, payloads) => {
    const receiver = extension();
    for (const payload of payloads) expect(receiver.decode(hex(payload), 5)).toEqual(utf8("Hello"));
  });

  test("without context takeover, what refers to the message before is INVALID", () => {
    const receiver = extension({ receiving: NO_TAKEOVER });
    expect(receiver.decode(hex("f2 48 cd c9 c9 07 00"), 5)).toEqual(utf8("Hello"));
    expect(receiver.decode(hex("f2 00 11 00 00"), 5)).toBe("INVALID");
  });

  test("one block and a shared window are encoded byte for byte", () => {
    // In fragments, since a message that does not shrink is not sent compressed
    const sender = extension();
    const hello = () => [sender.encode(utf8("Hello"), FIRST), sender.encode(utf8(""), LAST)];
    expect(hello()).toEqual([hex("f2 48 cd c9 c9 07 00 00 00 ff ff"), hex("00")]);
    expect(hello()).toEqual([hex("f2 00 11 00 00 00 00 ff ff"), hex("00")]);
  });

  test("an empty last fragment is a zero octet", () => {
    const sender = extension();
    expect(sender.encode(utf8(""), FIRST)).toEqual(hex("00 00 00 ff ff"));
    expect(sender.encode(utf8(""), LAST)).toEqual(hex("00"));
  });
});

describe("a whole message", () => {
  test.each([
    ["as long as the threshold", 92, undefined, true],
    ["below the threshold", 93, undefined, false],
    ["below the threshold, if asked for", 93, true, true],
    ["not if not wished", 0, false, false],
  ])("is compressed: %s", (_name, threshold, compress, isCompressed) => {
    expect(CHAT.length).toBe(92);
    const sender = extension({ effort: { ...EFFORT, threshold } });
    const encoded = sender.encode(CHAT, part({ compress }));
    expect(encoded !== undefined).toBe(isCompressed);
  });

  test("that does not shrink goes as it is, and leaves no trace in the window", () => {
    const [sender, receiver] = [extension(), extension()];
    const noise = Uint8Array.from({ length: 60 }, (_, index) => (index * 101) & 0xff);
    // The last one comes to six bytes
    for (const payload of [noise, utf8("abc"), utf8(""), utf8("aaaaaa")]) {
      expect(sender.encode(payload, part({ compress: true }))).toBeUndefined();
      expect(extension().encode(payload, part())).toBeUndefined();
    }
    expect(sender.heldBytes).toBe(0);
    expect(receiver.decode(sender.encode(CHAT, part({ compress: true }))!, 100)).toEqual(CHAT);
  });

  test("is not tried for a while after four that did not shrink, unless asked for", () => {
    const sender = extension();
    const noise = Uint8Array.from({ length: 60 }, (_, index) => (index * 101) & 0xff);
    for (let index = 0; index < 4; index++) expect(sender.encode(noise, part())).toBeUndefined();
    for (let index = 0; index < 4; index++) expect(sender.encode(CHAT, part())).toBeUndefined();
    expect(sender.encode(CHAT, part())).toBeInstanceOf(Uint8Array);
    for (let index = 0; index < 4; index++) expect(sender.encode(utf8("abc"), part())).toBeUndefined();
    expect(sender.encode(CHAT, part({ compress: true }))).toBeInstanceOf(Uint8Array);
    expect(sender.encode(CHAT, part())).toBeInstanceOf(Uint8Array);
  });

  test("is sent compressed all the same where the next ones shrink by it", () => {
    const [sender, receiver] = [extension(), extension()];
    const update = (index: number) =>
      Uint8Array.from({ length: 40 }, (_, at) => (at === 7 ? index : (at * at * 37 + at * 101) & 0xff));
    const lengths: number[] = [];
    for (let index = 0; index < 12; index++) {
      const encoded = sender.encode(update(index), part());
      lengths.push(encoded?.length ?? 0);
      if (encoded !== undefined) expect(receiver.decode(encoded, 40)).toEqual(update(index));
    }
    expect(lengths.slice(0, 8)).toEqual(Array(8).fill(0));
    expect(lengths[8]).toBeGreaterThanOrEqual(40);
    expect(Math.max(...lengths.slice(9))).toBeLessThan(16);
    const stateless = extension({ sending: NO_TAKEOVER });
    for (let index = 0; index < 12; index++) expect(stateless.encode(update(index), part())).toBeUndefined();
  });

  test("shrinks by those before it, except without context takeover", () => {
    const lengths = [TAKEOVER, NO_TAKEOVER].map((sending) => {
      const sender = extension({ sending });
      return [sender.encode(CHAT, part())!.length, sender.encode(CHAT, part())!.length] as const;
    });
    expect(lengths[0]![1]).toBeLessThan(lengths[0]![0] / 2);
    expect(lengths[1]![1]).toBe(lengths[1]![0]);
  });

  test("has no tail", () => {
    expect(extension().encode(CHAT, part())).toEqual(
      new Uint8Array(deflateRawSync(CHAT, { finishFlush: 2 }).subarray(0, -4)),
    );
  });
});

describe("a message in fragments", () => {
  test.each([TAKEOVER, NO_TAKEOVER])("is flushed after each and stripped after the last one: %j", (direction) => {
    const [sender, receiver] = [extension({ sending: direction }), extension({ receiving: direction })];
    const lengths: number[] = [];
    for (let round = 0; round < 3; round++) {
      const encoded = [FIRST, NEXT, LAST].map((where) => Uint8Array.from(sender.encode(CHAT, where)!));
      lengths.push(Buffer.concat(encoded).length);
      for (const fragment of encoded.slice(0, -1)) expect(fragment.subarray(-4)).toEqual(hex("00 00 ff ff"));
      expect(encoded[2]!.subarray(-1)).not.toEqual(hex("ff"));
      // Each fragment has those before it in its window, whatever was agreed
      expect(encoded[1]!.length).toBeLessThan(30);
      expect(receiver.decode(Buffer.concat(encoded), 1_000)).toEqual(new Uint8Array(Buffer.concat([CHAT, CHAT, CHAT])));
    }
    expect(lengths[1] === lengths[0]).toBe(direction.noContextTakeover);
    expect(sender.heldBytes > 0).toBe(!direction.noContextTakeover);
  });

  test("is compressed even if it begins below the threshold", () => {
    const sender = extension({ effort: { ...EFFORT, threshold: 1_000 } });
    expect(sender.encode(utf8("a"), FIRST)).toBeInstanceOf(Uint8Array);
    expect(sender.encode(utf8("b"), LAST)).toBeInstanceOf(Uint8Array);
  });

  test("is left alone if not wished", () => {
    expect(extension().encode(CHAT, part({ isLast: false, compress: false }))).toBeUndefined();
  });
});

describe("decoding", () => {
  test("is bounded by maxSize", () => {
    const payload = Uint8Array.from(extension().encode(CHAT, part())!);
    expect(extension().decode(payload, CHAT.length)).toEqual(CHAT);
    expect(extension().decode(payload, CHAT.length - 1)).toBe("TOO_BIG");
    expect(extension().decode(payload, 0)).toBe("TOO_BIG");
  });

  test("refuses a bomb", () => {
    const mebibyte = deflateRawSync(new Uint8Array(1_048_576), { finishFlush: 2 });
    expect(extension().decode(Buffer.concat(Array(300).fill(mebibyte)), 1_048_576)).toBe("TOO_BIG");
  });
});

describe("decoding in parts", () => {
  const TEXTS = ["the first part, ", "the second part, ", "the last part"].map(utf8);

  test.each([
    ["keeps the window", TAKEOVER],
    ["begins anew with the next message", NO_TAKEOVER],
  ])("gives each fragment as it was sent, and %s", (_name, direction) => {
    const sender = extension({ sending: direction });
    const receiver = extension({ receiving: direction });
    for (let message = 0; message < 2; message++) {
      const [first, next, last] = [FIRST, NEXT, LAST].map((place, i) => sender.encode(TEXTS[i]!, place)!.slice());
      expect(receiver.decodePart(first!, 100)).toEqual(TEXTS[0]);
      expect(receiver.decodePart(next!, 100)).toEqual(TEXTS[1]);
      expect(receiver.decode(last!, 100)).toEqual(TEXTS[2]);
    }
  });

  test("waits for what ends inside a block, and for octets that only look like an end", () => {
    const receiver = extension();
    expect(receiver.decodePart(hex("f2 48 cd"), 100)).toBeUndefined();
    expect(receiver.decodePart(hex("ff"), 100)).toBeUndefined();
    // A stored block of six octets, of which four have arrived
    expect(receiver.decodePart(hex("00 06 00 f9 ff 00 00 ff ff"), 100)).toBeUndefined();
    expect(receiver.decode(hex("00 06 00 f9 ff 00 00 ff ff 48 49 00"), 100)).toEqual(hex("00 00 ff ff 48 49"));
  });

  test("is not tried again and again by fragments that only look like an end", () => {
    let bytes = 0;
    const createInflater: DeflateEngine["createInflater"] = (options) => {
      const inflater = zlibEngine.createInflater(options);
      const { inflate } = inflater;
      inflater.inflate = (payload, maxSize) => {
        bytes += payload.length;
        return inflate.call(inflater, payload, maxSize);
      };
      return inflater;
    };
    const receiver = extension({}, { ...zlibEngine, createInflater });
    // A stored block of 65,532 octets, and an end
    const ends = Array<string>(16_383).fill("00 00 ff ff").join(" ");
    const message = hex(`00 fc ff 03 00 ${ends} 00 00 00 ff ff`);
    for (let times = 1; times <= 2; times++) {
      for (let end = 9; end < message.length - 5; end += 4) {
        expect(receiver.decodePart(message.subarray(0, end), 100_000)).toBeUndefined();
      }
      expect(receiver.decode(message, 100_000)).toHaveLength(65_532);
      expect(bytes).toBeLessThan(4 * times * message.length);
    }
    expect(receiver.decodePart(message, 100_000)).toHaveLength(65_532);
  });

  test("is bounded by maxSize", () => {
    const first = extension().encode(CHAT, FIRST)!;
    expect(extension().decodePart(first, CHAT.length - 1)).toBe("TOO_BIG");
  });
});

describe("memory", () => {
  /** Counts what is made. */
  function counted(): { engine: DeflateEngine; made: string[] } {
    const made: string[] = [];
    const engine: DeflateEngine = {
      createDeflater: (options) => {
        made.push("deflater");
        return zlibEngine.createDeflater(options);
      },
      createInflater: (options) => {
        made.push("inflater");
        return zlibEngine.createInflater(options);
      },
    };
    return { engine, made };
  }

  test("is taken by the first compressed message each way, and given back at the end", () => {
    const { engine, made } = counted();
    const subject = extension({ effort: { ...EFFORT, threshold: 50 } }, engine);
    subject.encode(utf8("short"), part());
    expect([made, subject.heldBytes]).toEqual([[], 0]);
    const encoded = Uint8Array.from(subject.encode(CHAT, part())!);
    expect([made, subject.heldBytes]).toEqual([["deflater"], 512]);
    subject.decode(encoded, 100);
    expect([made, subject.heldBytes]).toEqual([["deflater", "inflater"], 1_024]);
    subject.release();
    expect(subject.heldBytes).toBe(0);
  });

  test("is not kept without context takeover", () => {
    const subject = extension({ sending: NO_TAKEOVER, receiving: NO_TAKEOVER });
    subject.decode(Uint8Array.from(subject.encode(CHAT, part())!), 100);
    expect(subject.heldBytes).toBe(0);
  });
});

describe("sharing", () => {
  test("is one object for a connection", () => {
    const subject = extension();
    expect(subject.sharing).toBe(subject.sharing);
  });

  test("has a key of everything that decides the bytes, and of nothing else", () => {
    const key = (settings: Partial<PerMessageDeflateSettings>) => extension(settings).sharing.key;
    expect(key({ sending: NO_TAKEOVER, receiving: { windowBits: 9, noContextTakeover: true } })).toBe(key({}));
    expect(key({ effort: { ...EFFORT, threshold: 9 } })).toBe(key({}));
    const different = [
      key({}),
      key({ sending: { windowBits: 12, noContextTakeover: false } }),
      key({ effort: { ...EFFORT, level: 1 } }),
      key({ effort: { ...EFFORT, memLevel: 1 } }),
      key({ effort: { ...EFFORT, strategy: "rle" } }),
    ];
    expect(new Set(different).size).toBe(different.length);
  });
});

/** Texts that repeat themselves near and far. */
function feed(): Uint8Array[] {
  return Array.from({ length: 14 }, (_, index) =>
    utf8(
      JSON.stringify(Array.from({ length: (index * 5) % 37 }, (_, item) => ({ id: item * index, topic: item % 7 }))),
    ),
  );
}

function endpoint(role: "server" | "client", windowBits: number, noContextTakeover: boolean): Extension {
  const options = { serverMaxWindowBits: windowBits, clientMaxWindowBits: windowBits, threshold: 1 };
  const takeover = { serverNoContextTakeover: noContextTakeover, clientNoContextTakeover: noContextTakeover };
  const client = clientPerMessageDeflate({ ...options, ...takeover }, zlibEngine);
  const accepted = serverPerMessageDeflate({ ...options, ...takeover }, zlibEngine).accept(client.offers[0]!)!;
  return role === "server" ? accepted.extension : (client.agree(accepted.parameters) as Extension);
}

describe.each(["server", "client"] as const)("a %s, against streams of zlib that do not end", (role) => {
  const combinations = [8, 9, 10, 11, 12, 13, 14, 15].flatMap((bits) => [
    [bits, false] as const,
    [bits, true] as const,
  ]);

  test.each(combinations)("with %i bits, without takeover: %j", async (windowBits, noContextTakeover) => {
    const direction = { windowBits, noContextTakeover };
    const peer = new NativeDeflatePeer(direction, direction);
    const subject = endpoint(role, windowBits, noContextTakeover);
    for (const [index, message] of feed().entries()) {
      const encoded = subject.encode(message, part());
      if (encoded !== undefined) expect(await peer.decode(encoded)).toEqual(message);
      const fragments = [message.subarray(0, index), message.subarray(index, 3 * index), message.subarray(3 * index)];
      const sent = [FIRST, NEXT, LAST].map((where, at) => Uint8Array.from(subject.encode(fragments[at]!, where)!));
      expect(await peer.decode(Buffer.concat(sent))).toEqual(message);
      expect(subject.decode(Buffer.concat(await peer.encode(message)), message.length)).toEqual(message);
      expect(subject.decode(Buffer.concat(await peer.encode(...fragments)), message.length)).toEqual(message);
    }
    peer.close();
  });
});

test("random sequences of messages and fragments come back", () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: fc.constantFrom("a", "b", "cd"), maxLength: 600 }).map(utf8),
  );
  const steps = fc.array(fc.tuple(fc.constantFrom("whole", "fragments"), payload), { maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 12 }), fc.boolean(), steps, (windowBits, noContextTakeover, sequence) => {
      const direction = { windowBits, noContextTakeover };
      const [sender, receiver] = [extension({ sending: direction }), extension({ receiving: direction })];
      for (const [step, message] of sequence) {
        let encoded: Uint8Array | undefined;
        if (step === "whole") encoded = sender.encode(message, part());
        else {
          const half = message.length >> 1;
          const first = Uint8Array.from(sender.encode(message.subarray(0, half), FIRST)!);
          encoded = Buffer.concat([first, sender.encode(message.subarray(half), LAST)!]);
        }
        if (encoded !== undefined) expect(receiver.decode(encoded, message.length)).toEqual(message);
      }
    }),
  );
});
