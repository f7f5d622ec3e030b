/** Instantiates the library's WebAssembly modules, which stand in its sources as text. */

/** What is needed of WebAssembly; not every platform has it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: WebAssemblyImports) => { readonly exports: unknown };
};

/** What a module is given, by the names that it has for it. */
export type WebAssemblyImports = Readonly<Record<string, Readonly<Record<string, (...values: number[]) => void>>>>;

/** What a module exports, `base64` being the module; `undefined` where it cannot be had. */
export function instantiate(base64: string, imports: WebAssemblyImports = {}): unknown {
  try {
    const module = new WebAssembly.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
    return new WebAssembly.Instance(module, imports).exports;
  } catch {
    // No WebAssembly, no vectors, or no address space for its memory
    return undefined;
  }
}
