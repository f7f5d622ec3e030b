import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ParameterList } from "../../handshake/extension-negotiation.ts";
import { zlibEngine } from "../../node/zlib-engine.ts";
import { clientPerMessageDeflate, serverPerMessageDeflate } from "./factories.ts";
import type { PerMessageDeflateOptions } from "./options.ts";

/** `"name; flag; bits=10"` without the name, as it stands in a header. */
function list(text: string): ParameterList {
  if (text === "") return [];
  return text.split("; ").map((parameter) => {
    const [name, value] = parameter.split("=");
    return [name!, value ?? true];
  });
}

function text(parameters: ParameterList | undefined): string | undefined {
  return parameters?.map(([name, value]) => (value === true ? name : `${name}=${value}`)).join("; ");
}

function answer(options: PerMessageDeflateOptions, offer: string): string | undefined {
  return text(serverPerMessageDeflate(options, zlibEngine).accept(list(offer))?.parameters);
}

/** The first offer that is accepted, as a server tries them. */
function answerFirst(options: PerMessageDeflateOptions, offers: readonly string[]): string | undefined {
  return offers.map((offer) => answer(options, offer)).find((response) => response !== undefined);
}

function agree(options: PerMessageDeflateOptions, response: string): unknown {
  const agreed = clientPerMessageDeflate(options, zlibEngine).agree(list(response));
  return typeof agreed === "string" ? agreed : text([...agreed.parameters]);
}

describe("a server", () => {
  test.each<[string, PerMessageDeflateOptions, string, string | undefined]>([
    ["Chrome", {}, "client_max_window_bits", "server_max_window_bits=12; client_max_window_bits=12"],
    ["Firefox", {}, "", "server_max_window_bits=12"],
    ["a client that asks for 8 bits", {}, "server_max_window_bits=8", "server_max_window_bits=8"],
    [
      "a smaller client window than wished",
      { serverMaxWindowBits: null, clientMaxWindowBits: 15 },
      "client_max_window_bits=10",
      "client_max_window_bits=10",
    ],
    ["a smaller server window than wished", {}, "server_max_window_bits=10", "server_max_window_bits=10"],
    [
      "a larger server window than wished",
      { serverMaxWindowBits: 10 },
      "server_max_window_bits=12",
      "server_max_window_bits=10",
    ],
    ["a plain offer where a client window is wished", { clientMaxWindowBits: 12 }, "", "server_max_window_bits=12"],
    ["a plain offer where a client window is required", { requireClientMaxWindowBits: true }, "", undefined],
    [
      "a flag that is not wished",
      { serverMaxWindowBits: null },
      "server_no_context_takeover",
      "server_no_context_takeover",
    ],
  ])("%s", (_name, options, offer, expected) => {
    expect(answer(options, offer)).toBe(expected);
  });

  test.each([
    "unknown",
    "server_max_window_bits=10; server_max_window_bits=10",
    "server_max_window_bits=7",
    "server_max_window_bits=16",
    "server_max_window_bits",
    "server_max_window_bits=0x0a",
    "server_max_window_bits=1e1",
    "server_max_window_bits=10.0",
    "server_max_window_bits= 9",
  ])("declines %j, and takes the offer after it", (invalid) => {
    expect(answer({}, invalid)).toBeUndefined();
    expect(answerFirst({}, [invalid, "client_max_window_bits"])).toBe(
      "server_max_window_bits=12; client_max_window_bits=12",
    );
  });

  test("declines what it cannot have, and takes the offer after it", () => {
    const options = { requireClientMaxWindowBits: true, serverMaxWindowBits: null, clientMaxWindowBits: 11 };
    expect(answerFirst(options, ["", "client_max_window_bits"])).toBe("client_max_window_bits=11");
  });

  test("gives the extension the parameters of the response", () => {
    const accepted = serverPerMessageDeflate({}, zlibEngine).accept([["client_max_window_bits", true]]);
    expect([...accepted!.extension.parameters]).toEqual(accepted!.parameters);
    expect([accepted!.extension.name, accepted!.extension.rsv]).toEqual(["permessage-deflate", 0x40]);
  });
});

describe("a client", () => {
  test.each<[PerMessageDeflateOptions, string]>([
    [{}, "client_max_window_bits"],
    [{ clientMaxWindowBits: null }, ""],
    [{ clientMaxWindowBits: 10 }, "client_max_window_bits=10"],
    [
      { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 11 },
      "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11; client_max_window_bits",
    ],
  ])("with %j offers %j", (options, expected) => {
    const { name, offers } = clientPerMessageDeflate(options, zlibEngine);
    expect([name, offers.map(text)]).toEqual(["permessage-deflate", [expected]]);
  });

  test.each<[PerMessageDeflateOptions, string]>([
    [{}, ""],
    [{}, "server_max_window_bits=12; client_max_window_bits=12"],
    [{}, "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits=8"],
    [{ serverMaxWindowBits: 10 }, "server_max_window_bits=10"],
    [{ serverMaxWindowBits: 10 }, "server_max_window_bits=9"],
  ])("with %j agrees on %j", (options, response) => {
    expect(agree(options, response)).toBe(response);
  });

  test.each<[PerMessageDeflateOptions, string, string]>([
    [{ serverNoContextTakeover: true }, "", "server_no_context_takeover was offered and is missing"],
    [{ serverMaxWindowBits: 10 }, "", "server_max_window_bits was offered as 10 and is missing"],
    [{ serverMaxWindowBits: 10 }, "server_max_window_bits=15", "server_max_window_bits was offered as 10, got 15"],
    [{ clientMaxWindowBits: null }, "client_max_window_bits=10", "client_max_window_bits was not offered, got 10"],
    [{}, "client_max_window_bits", "client_max_window_bits has no value"],
    [{}, "unknown", 'there is no parameter "unknown"'],
    [{}, "client_no_context_takeover; client_no_context_takeover", "client_no_context_takeover stands twice"],
  ])("with %j does not agree on %j", (options, response, reason) => {
    expect(agree(options, response)).toBe(reason);
  });
});

describe("an engine without memory for another connection", () => {
  /** Has memory for receiving windows of so many bytes. */
  function fullEngine(room: number) {
    const asked: number[] = [];
    let declined = 0;
    return {
      ...zlibEngine,
      asked,
      get offersDeclined() {
        return declined;
      },
      admits(bytes: number): boolean {
        asked.push(bytes);
        return bytes <= room;
      },
      declined(): void {
        declined++;
      },
    };
  }

  test("a server declines what it could accept", () => {
    const engine = fullEngine(4_096);
    const server = serverPerMessageDeflate({}, engine);
    expect(server.accept(list(""))).toBeUndefined();
    expect(text(server.accept(list("client_max_window_bits"))?.parameters)).toContain("client_max_window_bits=12");
    expect(server.accept(list("unknown"))).toBeUndefined();
    expect([engine.asked, engine.offersDeclined]).toEqual([[32_768, 4_096], 1]);
  });

  test("one that keeps no count is asked all the same", () => {
    const { declined: _, ...engine } = fullEngine(0);
    expect(serverPerMessageDeflate({}, engine).accept([])).toBeUndefined();
  });

  test("a client offers nothing", () => {
    const engine = fullEngine(4_096);
    expect(clientPerMessageDeflate({}, engine).offers).toEqual([]);
    expect(clientPerMessageDeflate({ serverMaxWindowBits: 12 }, engine).offers).toHaveLength(1);
    expect(engine.asked).toEqual([32_768, 4_096]);
  });
});

test("what connections agreed on is remembered for those that agree on the same", () => {
  const server = serverPerMessageDeflate({}, zlibEngine);
  for (const offer of ["", "client_max_window_bits", "", "client_max_window_bits=9"]) {
    const accepted = server.accept(list(offer))!;
    expect([...accepted.extension.parameters]).toEqual(accepted.parameters);
  }
});

describe("a server and a client of this library", () => {
  const option = { windowBits: fc.constantFrom(null, 8, 9, 12, 15), flag: fc.boolean() };
  const options = fc.record({
    serverMaxWindowBits: option.windowBits,
    clientMaxWindowBits: option.windowBits,
    serverNoContextTakeover: option.flag,
    clientNoContextTakeover: option.flag,
  });

  test("always agree, and understand each other", () => {
    const messages = ["one two three one two three one two three", "one two three and one more two three"];
    fc.assert(
      fc.property(options, options, (serverOptions, clientOptions) => {
        const client = clientPerMessageDeflate({ ...clientOptions, threshold: 0 }, zlibEngine);
        const accepted = serverPerMessageDeflate({ ...serverOptions, threshold: 0 }, zlibEngine).accept(
          client.offers[0]!,
        );
        const agreed = client.agree(accepted!.parameters);
        if (typeof agreed === "string") throw new Error(agreed);
        const ends = [accepted!.extension, agreed] as const;
        for (const [from, to] of [ends, [ends[1], ends[0]]] as const) {
          for (const message of messages) {
            const payload = new TextEncoder().encode(message);
            const part = { opcode: 1, isFirst: true, isLast: true, compress: true } as const;
            expect(to.decode(from.encode(payload, part)!, 100)).toEqual(payload);
          }
        }
      }),
    );
  });

  test("never throw for random parameters", () => {
    const parameter = fc.tuple(
      fc.oneof(
        fc.constantFrom("server_max_window_bits", "client_max_window_bits", "server_no_context_takeover"),
        fc.string(),
      ),
      fc.oneof(fc.constant(true as const), fc.integer({ min: 7, max: 16 }).map(String), fc.string()),
    );
    fc.assert(
      fc.property(fc.array(parameter, { maxLength: 5 }), (parameters) => {
        serverPerMessageDeflate({}, zlibEngine).accept(parameters);
        clientPerMessageDeflate({}, zlibEngine).agree(parameters);
      }),
    );
  });
});
