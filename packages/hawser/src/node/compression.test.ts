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

describe("windows", () => {
  const message = new TextEncoder().encode("hawser, hawser, hawser");
  const whole = { opcode: 1, isFirst: true, isLast: true, compress: true } as const;

  test("belong to the factory, which tells what they hold", () => {
    const server = serverPerMessageDeflate({ memoryBudget: 1_000_000 });
    const none = {
      coldWindows: 0,
      coldBytes: 0,
      sharedBytes: 0,
      frozen: 0,
      thawed: 0,
      shrunk: 0,
      declined: 0,
      memoryBudget: 1_000_000,
    };
    expect(server.compressionMetrics()).toEqual({ ...none, windows: 0, heldBytes: 0 });
    const { extension } = server.accept([])!;
    extension.encode(message, whole);
    expect(server.compressionMetrics()).toEqual({ ...none, windows: 1, heldBytes: 256 });
    expect(serverPerMessageDeflate().compressionMetrics()).toMatchObject({ windows: 0, heldBytes: 0 });
    extension.release?.();
    expect(server.compressionMetrics()).toMatchObject({ windows: 0, heldBytes: 0 });
  });

  test("of clients without rules of their own are together", () => {
    const [one, other, own] = [{ level: 1 }, {}, { coldAfter: 1_000 }].map((options) =>
      clientPerMessageDeflate(options),
    );
    const extension = one!.agree([]);
    if (typeof extension === "string") throw new Error(extension);
    extension.encode(message, whole);
    expect(other!.compressionMetrics()).toMatchObject({ windows: 1, heldBytes: 256 });
    expect(own!.compressionMetrics()).toMatchObject({ windows: 0 });
    extension.release?.();
  });

  test("beyond the budget are declined, and the next handshake opens without compression", () => {
    const server = serverPerMessageDeflate({ memoryBudget: 4_000 });
    expect(server.accept([["client_max_window_bits", true]])).toBeUndefined();
    expect(server.accept([["client_max_window_bits", "11"]])).toBeDefined();
    expect(server.compressionMetrics()).toMatchObject({ declined: 1, windows: 0 });
    const client = clientPerMessageDeflate({ memoryBudget: 4_000 });
    expect(client.offers).toEqual([]);
  });

  test.each([{ coldAfter: 0 }, { memoryBudget: -1 }])("%j is refused for a server and a client", (options) => {
    expect(() => serverPerMessageDeflate(options)).toThrow(RangeError);
    expect(() => clientPerMessageDeflate(options)).toThrow(RangeError);
  });
});
