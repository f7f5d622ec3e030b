/**
 * The Web names that the platform-free folders may use. Everything else (timers, sockets, clocks, `Buffer`)
 * is absent on purpose: `tsconfig.pure.json` compiles without any platform's types.
 */

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array, options?: { stream?: boolean }): string;
}

declare class URL {
  constructor(url: string, base?: string);
  protocol: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
  host: string;
  origin: string;
  username: string;
  password: string;
  href: string;
}

declare function atob(data: string): string;
