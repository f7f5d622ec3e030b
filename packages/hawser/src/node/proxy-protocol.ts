/**
 * Reads the header of the PROXY protocol, versions 1 and 2, with which a load balancer says for whom it connects.
 *
 * Takes bytes in any portions and never throws for what they are. It knows no sockets, and not whether the sender may be
 * believed: whoever reaches the port can write such a header.
 */

import { join } from "../bytes/copy.ts";
import { decodeLatin1 } from "../handshake/octets.ts";
import { canonicalAddress, parsePort } from "./ip-address.ts";

/** Every rule of the header that can be broken. */
export const ProxyFaults = {
  PROXY_HEADER_MISSING: "the connection does not begin with a PROXY protocol header",
  PROXY_LINE_TOO_LONG: "the PROXY line exceeds 107 bytes",
  PROXY_LINE_MALFORMED: "the PROXY line is malformed",
  PROXY_VERSION_UNSUPPORTED: "the PROXY header's version or command is not supported",
  PROXY_FAMILY_UNSUPPORTED: "the PROXY header's address family or transport does not exist",
  PROXY_LENGTH_INVALID: "the PROXY header is shorter than its addresses, or longer than 4096 bytes",
} as const;

export type ProxyFaultCode = keyof typeof ProxyFaults;

/** The header is wrong, or missing where it is required. */
export interface ProxyFault {
  readonly fault: ProxyFaultCode;
  /** The rule, for a log. */
  readonly text: string;
}

/** The two ends of the connection that the proxy took. All `undefined` for a Unix socket: it has no such addresses. */
export interface ProxyAddresses {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

export interface ProxyHeader {
  /** `undefined`: there is no header, and it was optional. */
  readonly version: 1 | 2 | undefined;
  /**
   * `undefined`: the addresses are those of the socket. So it is without a header, and where the proxy speaks for itself, as in
   * health checks (LOCAL), or does not say for whom (UNKNOWN, UNSPEC).
   */
  readonly addresses: ProxyAddresses | undefined;
}

const SIGNATURE_1 = Uint8Array.from("PROXY ", (character) => character.charCodeAt(0));
const SIGNATURE_2 = Uint8Array.from("\r\n\r\n\0\r\nQUIT\n", (character) => character.charCodeAt(0));

/** Of a line, its end included. */
const MAX_LINE_LENGTH = 107;
/** Signature, version and command, family and transport, length. */
const FIXED_LENGTH = 16;
/** The bytes of version 2 that are looked at: the longest are two IPv6 addresses and two ports. */
const MAX_KEPT_LENGTH = FIXED_LENGTH + 36;
/** Behind the fixed part. Addresses take 216 bytes at most; what proxies add in TLVs, certificates' names and all, fits. */
const MAX_LENGTH = 4096;

/** What the reader waits for. */
const Step = { SIGNATURE: 0, LINE: 1, FIXED: 2, ADDRESSES: 3, SKIP: 4 } as const;
type Step = (typeof Step)[keyof typeof Step];

const NO_BYTES: Uint8Array = new Uint8Array(0);

export class ProxyProtocolReader {
  readonly #mode: "optional" | "required";
  #step: Step = Step.SIGNATURE;
  /** The signature that the first byte belongs to. */
  #signature: Uint8Array = NO_BYTES;
  /** The header so far, as much of it as is looked at. */
  readonly #held: Uint8Array = new Uint8Array(MAX_LINE_LENGTH);
  #length = 0;
  /** The bytes behind the fixed part of version 2 that are still to come. */
  #remaining = 0;
  #result: ProxyHeader | ProxyFault | undefined;
  #rest: Uint8Array = NO_BYTES;

  constructor(mode: "optional" | "required") {
    this.#mode = mode;
  }

  /**
   * Takes the next bytes. Returns the header or the fault once it is known, `undefined` until then; after that further bytes are
   * not the reader's to take.
   */
  receive(bytes: Uint8Array): ProxyHeader | ProxyFault | undefined {
    for (let at = 0; at < bytes.length && this.#result === undefined; ) {
      at = this.#step === Step.SKIP ? this.#skip(bytes, at) : this.#take(bytes, at);
      if (this.#result !== undefined && this.#rest === NO_BYTES) this.#rest = bytes.subarray(at);
    }
    return this.#result;
  }

  /**
   * The bytes behind the header: a view of those last given to {@link receive}. Where there is no header, all bytes that were
   * given.
   */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /** Takes one byte, and returns where the next one is. */
  #take(bytes: Uint8Array, at: number): number {
    const byte = bytes[at]!;
    if (this.#step === Step.SIGNATURE && !this.#isOfSignature(byte)) {
      this.#finishWithout(bytes.subarray(at));
      return at;
    }
    this.#held[this.#length++] = byte;
    this.#advance(byte);
    return at + 1;
  }

  #isOfSignature(byte: number): boolean {
    if (this.#length === 0) this.#signature = byte === SIGNATURE_1[0] ? SIGNATURE_1 : SIGNATURE_2;
    return this.#signature[this.#length] === byte;
  }

  #advance(byte: number): void {
    if (this.#step === Step.SIGNATURE) this.#advanceSignature();
    else if (this.#step === Step.LINE) this.#advanceLine(byte);
    else if (this.#step === Step.FIXED) this.#advanceFixed();
    else this.#advanceAddresses();
  }

  #advanceSignature(): void {
    if (this.#length < this.#signature.length) return;
    this.#step = this.#signature === SIGNATURE_1 ? Step.LINE : Step.FIXED;
  }

  #finishWithout(bytes: Uint8Array): void {
    this.#rest = this.#length === 0 ? bytes : join(this.#held.subarray(0, this.#length), bytes);
    this.#result =
      this.#mode === "optional" ? { version: undefined, addresses: undefined } : proxyFault("PROXY_HEADER_MISSING");
  }

  // Version 1

  #advanceLine(byte: number): void {
    if (byte === 0x0a) this.#result = parseLine(decodeLatin1(this.#held, 0, this.#length));
    else if (this.#length === MAX_LINE_LENGTH) this.#result = proxyFault("PROXY_LINE_TOO_LONG");
  }

  // Version 2

  #advanceFixed(): void {
    if (this.#length < FIXED_LENGTH) return;
    const fault = judgeFixed(this.#held);
    if (fault !== undefined) {
      this.#result = proxyFault(fault);
      return;
    }
    this.#remaining = this.#held[14]! * 256 + this.#held[15]!;
    this.#step = Step.ADDRESSES;
    this.#finishIfComplete();
  }

  #advanceAddresses(): void {
    this.#remaining--;
    if (this.#length === MAX_KEPT_LENGTH) this.#step = Step.SKIP;
    this.#finishIfComplete();
  }

  /** What is not looked at: addresses of Unix sockets, and TLVs, checksums among them. */
  #skip(bytes: Uint8Array, at: number): number {
    const skipped = Math.min(this.#remaining, bytes.length - at);
    this.#remaining -= skipped;
    this.#finishIfComplete();
    return at + skipped;
  }

  #finishIfComplete(): void {
    if (this.#remaining === 0) this.#result = { version: 2, addresses: readAddresses(this.#held) };
  }
}

function proxyFault(fault: ProxyFaultCode): ProxyFault {
  return { fault, text: ProxyFaults[fault] };
}

// Version 1

/** `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`: source and destination, single spaces, CR LF. */
const LINE = /^PROXY (TCP4|TCP6) ([0-9A-Fa-f.:]+) ([0-9A-Fa-f.:]+) ([0-9]+) ([0-9]+)\r\n$/;

/** The proxy does not know for whom; whatever else it says is to be ignored. */
const UNKNOWN_LINE = /^PROXY UNKNOWN(?: [^\r\n]*)?\r\n$/;

function parseLine(line: string): ProxyHeader | ProxyFault {
  if (UNKNOWN_LINE.test(line)) return { version: 1, addresses: undefined };
  const [, family = "", source = "", destination = "", sourcePort = "", destinationPort = ""] = LINE.exec(line) ?? [];
  const remoteAddress = parseAddress(family, source);
  const localAddress = parseAddress(family, destination);
  const remotePort = parsePort(sourcePort);
  const localPort = parsePort(destinationPort);
  if (remoteAddress === undefined || localAddress === undefined) return proxyFault("PROXY_LINE_MALFORMED");
  if (remotePort === undefined || localPort === undefined) return proxyFault("PROXY_LINE_MALFORMED");
  return { version: 1, addresses: { remoteAddress, remotePort, localAddress, localPort } };
}

function parseAddress(family: string, text: string): string | undefined {
  return text.includes(":") === (family === "TCP6") ? canonicalAddress(text) : undefined;
}

// Version 2

const Command = { LOCAL: 0x20, PROXY: 0x21 } as const;
const Family = { UNSPEC: 0, IPV4: 1, IPV6: 2, UNIX: 3 } as const;

/** Unspecified, stream, datagram. */
const MAX_TRANSPORT = 2;

/** The bytes of both addresses and ports, by family. */
const ADDRESS_LENGTHS = [0, 12, 36, 216] as const;

function judgeFixed(header: Uint8Array): ProxyFaultCode | undefined {
  const command = header[12]!;
  const length = header[14]! * 256 + header[15]!;
  if (command !== Command.LOCAL && command !== Command.PROXY) return "PROXY_VERSION_UNSUPPORTED";
  if (length > MAX_LENGTH) return "PROXY_LENGTH_INVALID";
  // A receiver "must discard the protocol block including the family which is ignored"
  if (command === Command.LOCAL) return undefined;
  const addressLength = ADDRESS_LENGTHS[header[13]! >> 4];
  if (addressLength === undefined || (header[13]! & 0x0f) > MAX_TRANSPORT) return "PROXY_FAMILY_UNSUPPORTED";
  return length < addressLength ? "PROXY_LENGTH_INVALID" : undefined;
}

function readAddresses(header: Uint8Array): ProxyAddresses | undefined {
  const family = header[13]! >> 4;
  const isUnspecified = family === Family.UNSPEC || (header[13]! & 0x0f) === 0;
  if (header[12] === Command.LOCAL || isUnspecified) return undefined;
  if (family === Family.UNIX) return NO_ADDRESSES;
  const size = family === Family.IPV4 ? 4 : 16;
  const read = family === Family.IPV4 ? readIPv4 : readIPv6;
  const ports = FIXED_LENGTH + 2 * size;
  return {
    remoteAddress: read(header, FIXED_LENGTH),
    remotePort: readUint16(header, ports),
    localAddress: read(header, FIXED_LENGTH + size),
    localPort: readUint16(header, ports + 2),
  };
}

const NO_ADDRESSES: ProxyAddresses = {
  remoteAddress: undefined,
  remotePort: undefined,
  localAddress: undefined,
  localPort: undefined,
};

function readIPv4(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 4).join(".");
}

function readIPv6(bytes: Uint8Array, at: number): string | undefined {
  const groups: string[] = [];
  for (let i = at; i < at + 16; i += 2) groups.push(readUint16(bytes, i).toString(16));
  return canonicalAddress(groups.join(":"));
}

function readUint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}
