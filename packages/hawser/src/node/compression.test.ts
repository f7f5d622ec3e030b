import { describe, expect, test } from "vitest";
import {
  type CompressionOption,
  clientPerMessageDeflate,
  resolveCompression,
  serverPerMessageDeflate,
} from "./compression.ts";

test("a server and a client agree by default", () => {
  const client = clientPerMessageDeflate();
  expect(client.offers).toEqual([[["client_max_window_bits", true]]]);
  const accepted = serverPerMessageDeflate().accept(client.offers[0]!);
  expect(accepted?.parameters).toEqual([
    ["server_max_window_bits", "12"],
    ["client_max_window_bits", "12"],
  ]);
  expect(typeof client.agree(accepted!.parameters)).toBe("object");
});

describe("the option compression", () => {
  test("false is no extension", () => {
    expect(resolveCompression("server", false)).toEqual([]);
    expect(resolveCompression("client", false)).toEqual([]);
  });

  test("deflate is permessage-deflate by default", () => {
    const [server, ...others] = resolveCompression("server", "deflate");
    expect([server?.accept([])?.parameters, others]).toEqual([[["server_max_window_bits", "12"]], []]);
    const [client] = resolveCompression("client", "deflate");
    expect(client?.offers).toEqual([[["client_max_window_bits", true]]]);
  });

  test("options are those of permessage-deflate", () => {
    const [server] = resolveCompression("server", { serverMaxWindowBits: 9 });
    expect(server?.accept([])?.parameters).toEqual([["server_max_window_bits", "9"]]);
    const [client] = resolveCompression("client", { clientMaxWindowBits: null });
    expect(client?.offers).toEqual([[]]);
    expect(() => resolveCompression("server", { windowBits: 9 } as CompressionOption)).toThrow(TypeError);
  });

  test.each([
    ["server", "gzip", 'Cannot serve: compression must be false, "deflate" or permessage-deflate options, got "gzip"'],
    ["client", true, 'Cannot connect: compression must be false, "deflate" or permessage-deflate options, got true'],
    ["server", null, 'Cannot serve: compression must be false, "deflate" or permessage-deflate options, got null'],
    ["server", [1], 'Cannot serve: compression must be false, "deflate" or permessage-deflate options, got 1'],
  ] as const)("of a %s: %j is refused", (role, compression, message) => {
    const value = compression as unknown as CompressionOption;
    expect(() => resolveCompression(role as "server", value)).toThrow(new TypeError(message));
  });
});
