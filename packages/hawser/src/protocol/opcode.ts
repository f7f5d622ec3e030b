/**
 * Opcodes of frames (RFC 6455, section 5.2; registry in section 11.8).
 */
export const Opcode = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  // 0x3 to 0x7 are reserved for further data frames
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
  // 0xb to 0xf are reserved for further control frames
} as const;

export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** The opcodes that begin a message. */
export type DataOpcode = typeof Opcode.TEXT | typeof Opcode.BINARY;

/** RFC 6455, section 5.5: "Control frames are identified by opcodes where the most significant bit of the opcode is 1." */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

export function isKnownOpcode(opcode: number): opcode is Opcode {
  return opcode <= Opcode.BINARY || (opcode >= Opcode.CLOSE && opcode <= Opcode.PONG);
}

/** The longest payload of a control frame (RFC 6455, section 5.5). */
export const MAX_CONTROL_PAYLOAD = 125;
