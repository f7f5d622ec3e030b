/**
 * The memory that a thread's connections read into, and masking in it with the processor's vector instructions.
 *
 * It is the memory of a WebAssembly module, which never grows: what was handed to the operating system stays where it is. A
 * platform without WebAssembly or its vectors gets plain memory and no {@link VectorUnit}.
 */

import { VECTOR_MODULE } from "./vector-module.ts";
import { instantiate } from "./web-assembly.ts";

/** Bytes of {@link READ_BUFFER}: more than this the operating system seldom has at once. */
const READ_SIZE = 262_144;
const SHORT_READ_SIZE = 65_536;
const SCRATCH_SIZE = 65_536;

export interface VectorUnit {
  /** Masks `length` bytes of the module's memory from `start` on in place; 0 if all that come out are ASCII. */
  mask(start: number, length: number, key: number): number;
  /** Memory for what lies elsewhere and is masked here. */
  readonly scratch: Uint8Array<ArrayBuffer>;
  readonly scratchStart: number;
}

interface VectorExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly mask: VectorUnit["mask"];
}

const exported = instantiate(VECTOR_MODULE) as VectorExports | undefined;

export const vectorUnit: VectorUnit | undefined = exported && {
  mask: exported.mask,
  scratch: new Uint8Array(exported.memory.buffer, READ_SIZE, SCRATCH_SIZE),
  scratchStart: READ_SIZE,
};

/**
 * What connections read into, at the beginning of the module's memory, all of a thread's the same: whoever is told of bytes in it is done with them when the call
 * returns. Handed around as this very object, by which masking knows it.
 */
export const READ_BUFFER: Uint8Array<ArrayBuffer> =
  exported === undefined ? new Uint8Array(READ_SIZE) : new Uint8Array(exported.memory.buffer, 0, READ_SIZE);

/** The beginning of {@link READ_BUFFER}, for who must not read so much at once. Known to masking as well. */
export const SHORT_READ_BUFFER: Uint8Array<ArrayBuffer> = READ_BUFFER.subarray(0, SHORT_READ_SIZE);
