import { afterEach, expect, test, vi } from "vitest";
import { zlibEngine } from "./zlib-engine.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

async function chosenEngine() {
  vi.resetModules();
  return (await import("./platform-engine.ts")).platformEngine;
}

const message = new TextEncoder().encode("hawser, hawser, hawser");

test("connections use the engine of our own", async () => {
  const deflater = (await chosenEngine()).createDeflater({ windowBits: 9 });
  deflater.append(message);
  // zlib's would hold 512 bytes
  expect(deflater.heldBytes).toBe(256);
});

test.each([
  ["without WebAssembly", { WebAssembly: undefined }],
  [
    "without vectors",
    {
      WebAssembly: {
        Module: class {
          constructor() {
            throw new Error("invalid simd opcode");
          }
        },
      },
    },
  ],
])("%s they use Node's zlib", async (_case, globals) => {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  const deflater = (await chosenEngine()).createDeflater({ windowBits: 9 });
  deflater.append(message);
  expect(deflater.heldBytes).toBe(512);
  expect(zlibEngine.createInflater({ windowBits: 9 }).inflate(deflater.deflate(message), 100)).toBe("INVALID");
});
