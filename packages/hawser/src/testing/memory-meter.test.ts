import { describe, expect, test } from "vitest";
import { connectedPair } from "./connected-pair.ts";
import { measureMemory } from "./memory-meter.ts";

const MIB = 1_048_576;
const KIB = 1_024;

function nothing(): void {}

describe("measureMemory", () => {
  test("reports the buffers that a connection holds", async () => {
    const { open, exchanged } = await measureMemory({
      connections: 20,
      open: () => new Uint8Array(MIB),
      close: nothing,
    });
    // Somebody else's buffers may be freed meanwhile, but not megabytes of them
    expect(open.external).toBeGreaterThan(0.9 * MIB);
    expect(open.heap).toBeLessThan(MIB / 2);
    expect(exchanged).toBeUndefined();
  });

  test("reports the objects that a connection holds", async () => {
    const { open } = await measureMemory({
      connections: 200,
      open: () => Array.from({ length: 2_000 }, (_, index) => ({ index })),
      close: nothing,
    });
    expect(open.heap).toBeGreaterThan(2_000 * 16);
    expect(open.external).toBeLessThan(2_000 * 16);
  });

  test("reports what is left of an exchange, and not what was used for it", async () => {
    const { open, exchanged } = await measureMemory({
      connections: 20,
      open: () => ({ kept: new Uint8Array(0) }),
      exchange: (connection) => {
        connection.kept = new Uint8Array(MIB).fill(1);
        for (let garbage = 0; garbage < 10; garbage++) new Uint8Array(MIB).fill(1);
      },
      close: nothing,
    });
    expect(open.external).toBeLessThan(MIB / 2);
    expect(exchanged!.external).toBeGreaterThan(0.9 * MIB);
    expect(exchanged!.external).toBeLessThan(1.5 * MIB);
  });

  test("opens, exchanges and closes as many as it is told, after as few to warm up", async () => {
    const calls: string[] = [];
    await measureMemory({
      connections: 2,
      open: (index) => `${index}`,
      exchange: async (connection, index) => void calls.push(`exchange ${connection} ${index}`),
      close: (connection) => void calls.push(`close ${connection}`),
    });
    const once = ["exchange 0 0", "exchange 1 1", "close 0", "close 1"];
    expect(calls).toEqual([...once, ...once]);
  });

  test("shows that a connection is small, and that it keeps nothing of what it carried", async () => {
    const { open, exchanged } = await measureMemory({
      connections: 300,
      open: () => connectedPair(),
      exchange: async ({ client, server }) => {
        await client.send("x".repeat(100_000));
        await server.recv();
      },
      close: ({ client }) => client.terminate(),
    });
    expect(open.heap).toBeGreaterThan(KIB);
    expect(open.heap).toBeLessThan(20 * KIB);
    expect(exchanged!.heap + exchanged!.external).toBeLessThan(50 * KIB);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses %s connections", async (connections) => {
    await expect(measureMemory({ connections, open: nothing, close: nothing })).rejects.toThrow(
      `Cannot measure memory: connections must be a positive integer, got ${connections}`,
    );
  });

  test("fails as a callback does", async () => {
    const failing = () => {
      throw new Error("no connection");
    };
    await expect(measureMemory({ open: failing, close: nothing })).rejects.toThrow("no connection");
  });
});
