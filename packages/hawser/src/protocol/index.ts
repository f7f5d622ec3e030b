/**
 * `hawser/protocol`: the WebSocket protocol without I/O, for drivers of one's own.
 *
 * @module
 */

export { type FrameOutput, GatheredOutput } from "../bytes/frame-output.ts";
export { type TextCodec, webTextCodec } from "../bytes/text-codec.ts";
export { CloseCode, type CloseStatus, isSendableCloseCode, MAX_REASON_LENGTH } from "./close-code.ts";
export { type CloseInfo, MOVES, type State, type Trigger } from "./closing.ts";
export { type ProtocolErrorCode, ProtocolErrors, type ProtocolFault, protocolFault } from "./errors.ts";
export {
  type Extension,
  type ExtensionFault,
  type ExtensionParameters,
  type ExtensionParameterValue,
  type ExtensionSharing,
  type LaterEncoding,
  type MessagePart,
  Rsv,
  type SharedEncoding,
  type SharedHistory,
} from "./extension.ts";
export { FIN, type MaskingKeys, serializeFrame } from "./frame-writer.ts";
export type { Message, MessageSink } from "./message-assembler.ts";
export { ENCODED_LATER, type EncodedMessage } from "./message-sender.ts";
export { type DataOpcode, isControl, Opcode } from "./opcode.ts";
export type { PingWaiter } from "./pending-pings.ts";
export { Protocol } from "./protocol.ts";
export type { ProtocolSink } from "./protocol-sink.ts";
export type { ProtocolSettings, Role } from "./settings.ts";
export { createTraffic, type Flow, sentBytes, type Traffic } from "./traffic.ts";
