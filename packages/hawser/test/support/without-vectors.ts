/**
 * Loaded before each test file: with `HAWSER_TEST_WITHOUT_VECTORS` set, the library's WebAssembly modules are refused, as a
 * processor without vector instructions does, so that the same tests run over what takes their place.
 */

import { VECTOR_MODULE } from "../../src/bytes/vector-module.ts";
import { CODEC_MODULE } from "../../src/deflate/codec-module.ts";

interface WebAssemblyNames {
  Module: new (bytes: Uint8Array) => object;
  readonly CompileError: new (message: string) => Error;
}

if (process.env["HAWSER_TEST_WITHOUT_VECTORS"] !== undefined) {
  const names = (globalThis as unknown as { WebAssembly: WebAssemblyNames }).WebAssembly;
  const { Module, CompileError } = names;
  const refused = [VECTOR_MODULE, CODEC_MODULE].map((text) => Buffer.from(text, "base64"));
  names.Module = class extends Module {
    constructor(bytes: Uint8Array) {
      if (refused.some((module) => module.equals(Buffer.from(bytes)))) throw new CompileError("no vector instructions");
      super(bytes);
    }
  };
}
