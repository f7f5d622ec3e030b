// index.d.ts
export { type FrameOutput, GatheredOutput } from "../bytes/frame-output.ts";
export { type TextCodec, webTextCodec } from "../bytes/text-codec.ts";
export { CloseCode, type CloseStatus, isSendableCloseCode, MAX_REASON_LENGTH } from "./close-code.ts";
export { type CloseInfo, MOVES, type State, type Trigger } from "./closing.ts";
export { type ProtocolErrorCode, ProtocolErrors, type ProtocolFault, protocolFault } from "./errors.ts";
export { type Extension, type ExtensionFault, type ExtensionParameters, type ExtensionParameterValue, type ExtensionSharing, type LaterEncoding, type MessagePart, Rsv, type SharedEncoding, type SharedHistory, } from "./extension.ts";
export { FIN, type MaskingKeys, serializeFrame } from "./frame-writer.ts";
export type { Message, MessageSink } from "./message-assembler.ts";
export { ENCODED_LATER, type EncodedMessage } from "./message-sender.ts";
export { type DataOpcode, isControl, Opcode } from "./opcode.ts";
export type { PingWaiter } from "./pending-pings.ts";
export { Protocol } from "./protocol.ts";
export type { ProtocolSink } from "./protocol-sink.ts";
export type { ProtocolSettings, Role } from "./settings.ts";
export { createTraffic, type Flow, sentBytes, type Traffic } from "./traffic.ts";

// packages/hawser/dist/bytes/frame-output.d.ts
export interface FrameOutput {
    readonly bytes: Uint8Array;
    end: number;
    reserve(length: number): void;
    append(payload: Uint8Array): void;
    readonly isCongested: boolean;
}
export declare class GatheredOutput implements FrameOutput {
    bytes: Uint8Array<ArrayBuffer>;
    end: number;
    isCongested: boolean;
    reserve(length: number): void;
    append(payload: Uint8Array): void;
    take(): Uint8Array<ArrayBuffer>;
}

// packages/hawser/dist/bytes/text-codec.d.ts
import { type WholeTextCheck } from "./utf8.ts";
export interface TextCodec extends WholeTextCheck {
    decode(bytes: Uint8Array, start: number, end: number, isAscii: boolean): string | undefined;
    encode(text: string): Uint8Array;
    encodeInto(text: string, target: Uint8Array, start: number): number;
}
export declare const webTextCodec: TextCodec;

// close-code.d.ts
export declare const CloseCode: {
    readonly NORMAL_CLOSURE: 1000;
    readonly GOING_AWAY: 1001;
    readonly PROTOCOL_ERROR: 1002;
    readonly UNSUPPORTED_DATA: 1003;
    readonly NO_STATUS_RCVD: 1005;
    readonly ABNORMAL_CLOSURE: 1006;
    readonly INVALID_DATA: 1007;
    readonly POLICY_VIOLATION: 1008;
    readonly MESSAGE_TOO_BIG: 1009;
    readonly MANDATORY_EXTENSION: 1010;
    readonly INTERNAL_ERROR: 1011;
    readonly SERVICE_RESTART: 1012;
    readonly TRY_AGAIN_LATER: 1013;
    readonly BAD_GATEWAY: 1014;
    readonly TLS_HANDSHAKE: 1015;
};
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
export interface CloseStatus {
    readonly code: number;
    readonly reason: string;
}
export declare const MAX_REASON_LENGTH = 123;
export declare function isSendableCloseCode(code: number): boolean;

// closing.d.ts
import { type CloseStatus } from "./close-code.ts";
import type { ProtocolFault } from "./errors.ts";
export type State = "connecting" | "open" | "closing" | "closed";
export type Trigger = "handshakeDone" | "closeAsked" | "closeSent" | "closeReceived" | "failed" | "transportEnded";
export declare const MOVES: {
    readonly connecting: {
        readonly handshakeDone: "open";
        readonly failed: "closed";
        readonly transportEnded: "closed";
    };
    readonly open: {
        readonly closeAsked: "closing";
        readonly closeSent: "closing";
        readonly closeReceived: "closing";
        readonly failed: "closing";
        readonly transportEnded: "closed";
    };
    readonly closing: {
        readonly closeSent: "closing";
        readonly closeReceived: "closing";
        readonly failed: "closing";
        readonly transportEnded: "closed";
    };
    readonly closed: {};
};
export declare function next(state: State, trigger: Trigger): State;
export interface CloseInfo {
    readonly code: number;
    readonly reason: string;
    readonly received: CloseStatus | undefined;
    readonly sent: CloseStatus | undefined;
    readonly receivedThenSent: boolean | undefined;
    readonly fault: ProtocolFault | undefined;
}
export declare class Closing {
    #private;
    constructor(state: State);
    get state(): State;
    get canSend(): boolean;
    get canSendAccepted(): boolean;
    get asked(): CloseStatus | undefined;
    get canSendClose(): boolean;
    get isHandshakeDone(): boolean;
    get hasFailed(): boolean;
    get info(): CloseInfo;
    opened(): void;
    closeAsked(status: CloseStatus): void;
    closeSent(status: CloseStatus): void;
    closeReceived(status: CloseStatus): void;
    failed(fault: ProtocolFault | undefined): void;
    transportEnded(): void;
}

// errors.d.ts
import { CloseCode } from "./close-code.ts";
export declare const ProtocolErrors: {
    readonly RSV_UNEXPECTED: readonly [1002, "a reserved bit is set that no extension claims"];
    readonly OPCODE_UNKNOWN: readonly [1002, "an opcode is reserved"];
    readonly MASK_MISSING: readonly [1002, "a client frame is not masked"];
    readonly MASK_UNEXPECTED: readonly [1002, "a server frame is masked"];
    readonly LENGTH_NOT_MINIMAL: readonly [1002, "a payload length is not encoded in the fewest bytes"];
    readonly LENGTH_TOO_LARGE: readonly [1002, "a payload length has its most significant bit set"];
    readonly CONTROL_FRAGMENTED: readonly [1002, "a control frame is fragmented"];
    readonly CONTROL_TOO_LONG: readonly [1002, "a control frame carries more than 125 bytes"];
    readonly CONTINUATION_UNEXPECTED: readonly [1002, "a continuation frame continues no message"];
    readonly CONTINUATION_EXPECTED: readonly [1002, "a message began inside another"];
    readonly CLOSE_PAYLOAD_INVALID: readonly [1002, "a Close frame carries a single byte"];
    readonly CLOSE_CODE_INVALID: readonly [1002, "a Close frame carries a status code that must not be sent"];
    readonly EXTENSION_DATA_INVALID: readonly [1002, "the data of an extension is invalid"];
    readonly UTF8_INVALID: readonly [1007, "a text is not valid UTF-8"];
    readonly MESSAGE_TOO_BIG: readonly [1009, "a message exceeds maxSize"];
    readonly FRAGMENT_TOO_BIG: readonly [1009, "a frame exceeds maxFragmentSize"];
    readonly TOO_MANY_FRAGMENTS: readonly [1009, "a message has more than maxFragments frames"];
    readonly KEEPALIVE_TIMEOUT: readonly [1011, "keepalive ping timeout"];
};
export type ProtocolErrorCode = keyof typeof ProtocolErrors;
export interface ProtocolFault {
    readonly code: ProtocolErrorCode;
    readonly closeCode: CloseCode;
    readonly reason: string;
}
export declare function protocolFault(code: ProtocolErrorCode, detail?: string): ProtocolFault;

// extension.d.ts
import type { DataOpcode } from "./opcode.ts";
export declare const Rsv: {
    readonly NONE: 0;
    readonly RSV1: 64;
    readonly RSV2: 32;
    readonly RSV3: 16;
};
export type ExtensionParameterValue = string | true;
export type ExtensionParameters = ReadonlyMap<string, ExtensionParameterValue>;
export interface MessagePart {
    readonly opcode: DataOpcode;
    readonly isFirst: boolean;
    readonly isLast: boolean;
    readonly compress: boolean | undefined;
}
export type ExtensionFault = "TOO_BIG" | "INVALID";
export interface LaterEncoding {
    readonly payload: Uint8Array;
    sent(): void;
}
export interface Extension {
    readonly name: string;
    readonly parameters: ExtensionParameters;
    readonly rsv: number;
    encode(payload: Uint8Array, part: MessagePart): Uint8Array | undefined;
    encodeLater?(payload: Uint8Array, part: MessagePart): Promise<LaterEncoding | undefined> | undefined;
    decode(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault;
    decodeLater?(payload: Uint8Array, maxSize: number): Promise<Uint8Array | ExtensionFault> | undefined;
    decodePart?(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault | undefined;
    readonly sharing?: ExtensionSharing;
    release?(): void;
}
export declare function releaseExtensions(extensions: readonly Extension[]): void;
export interface ExtensionSharing {
    readonly key: string;
    encode(payload: Uint8Array, compress: boolean | undefined): SharedEncoding;
    createHistory(): SharedHistory;
}
export interface SharedHistory {
    encode(payload: Uint8Array, compress: boolean | undefined): SharedEncoding;
}
export interface SharedEncoding {
    encodeFor(receiver: ExtensionSharing): Uint8Array | undefined;
    sent(receiver: ExtensionSharing, encoded: Uint8Array): void;
    encodeForLater(receiver: ExtensionSharing): Uint8Array | undefined;
    sentLater(receiver: ExtensionSharing): void;
    end(): void;
}
export declare function claimedRsv(extensions: readonly Extension[]): number;

// frame-writer.d.ts
import type { FrameOutput } from "../bytes/frame-output.ts";
import type { TextCodec } from "../bytes/text-codec.ts";
export declare const FIN = 128;
export declare const SHARED_PAYLOAD = 65536;
export type MaskingKeys = (() => number) | undefined;
export declare function writeFrame(output: FrameOutput, firstByte: number, payload: Uint8Array, keys: MaskingKeys): void;
export declare function writeTextFrame(output: FrameOutput, firstByte: number, text: string, codec: TextCodec, keys: MaskingKeys): number;
export declare function frameLength(payloadLength: number, keys: MaskingKeys): number;
export declare function serializeFrame(firstByte: number, payload: Uint8Array): Uint8Array<ArrayBuffer>;

// message-assembler.d.ts
import { type ProtocolFault } from "./errors.ts";
import type { Extension, ExtensionFault } from "./extension.ts";
import { Opcode } from "./opcode.ts";
import type { ProtocolSettings } from "./settings.ts";
export type Message = string | Uint8Array<ArrayBuffer>;
export interface MessageSink {
    message(message: Message): void;
    piece(piece: Message | undefined, isLast: boolean): void;
    decoded?(): void;
}
export type Pending = ProtocolFault | Decoding;
export type Decoding = Promise<Uint8Array | ExtensionFault>;
export declare const STREAMED_PIECE = 65536;
export declare class MessageAssembler {
    #private;
    constructor(sink: MessageSink, settings: ProtocolSettings, extensions: readonly Extension[]);
    get heldBytes(): number;
    stream(): ProtocolFault | undefined;
    frameHeader(opcode: Opcode, isFinal: boolean, rsv: number, length: number): ProtocolFault | undefined;
    framePayload(bytes: Uint8Array, start: number, end: number, isLastPiece: boolean, isAscii: boolean): Pending | undefined;
    decoded(result: Uint8Array | ExtensionFault): ProtocolFault | undefined;
}

// message-sender.d.ts
import type { FrameOutput } from "../bytes/frame-output.ts";
import type { Extension, LaterEncoding } from "./extension.ts";
import { type DataOpcode, Opcode } from "./opcode.ts";
import type { ProtocolSettings } from "./settings.ts";
export declare const ENCODED_LATER = 65536;
export interface EncodedMessage {
    readonly opcode: DataOpcode;
    readonly size: number;
    readonly rsv: number;
    readonly encoding: LaterEncoding;
}
export declare class MessageSender {
    #private;
    constructor(settings: ProtocolSettings, output: FrameOutput, extensions: readonly Extension[]);
    get isSendingFragments(): boolean;
    checkFree(): void;
    text(text: string, compress: boolean | undefined): void;
    bytes(payload: Uint8Array, opcode: DataOpcode, compress: boolean | undefined): void;
    encodeLater(payload: Uint8Array, opcode: DataOpcode, compress: boolean | undefined): Promise<EncodedMessage> | undefined;
    encoded({ opcode, size, rsv, encoding }: EncodedMessage): void;
    endEncoding(): void;
    fragment(payload: Uint8Array, opcode: DataOpcode, isLast: boolean, compress: boolean | undefined): void;
    control(opcode: Opcode, payload: Uint8Array): void;
}

// opcode.d.ts
export declare const Opcode: {
    readonly CONTINUATION: 0;
    readonly TEXT: 1;
    readonly BINARY: 2;
    readonly CLOSE: 8;
    readonly PING: 9;
    readonly PONG: 10;
};
export type Opcode = (typeof Opcode)[keyof typeof Opcode];
export type DataOpcode = typeof Opcode.TEXT | typeof Opcode.BINARY;
export declare function isControl(opcode: number): boolean;
export declare function isKnownOpcode(opcode: number): opcode is Opcode;
export declare const MAX_CONTROL_PAYLOAD = 125;

// pending-pings.d.ts
export interface PingWaiter {
    answered(latency: number): void;
    lost(): void;
}
export declare class PendingPings {
    #private;
    add(payload: Uint8Array, sentAt: number, waiter: PingWaiter | undefined): void;
    answer(payload: Uint8Array, now: number): number | undefined;
    lose(): void;
}

// protocol.d.ts
import type { FrameOutput } from "../bytes/frame-output.ts";
import { type CloseInfo, type State } from "./closing.ts";
import { type ProtocolFault } from "./errors.ts";
import { type Extension } from "./extension.ts";
import { type EncodedMessage } from "./message-sender.ts";
import { type DataOpcode, Opcode } from "./opcode.ts";
import { type PingWaiter } from "./pending-pings.ts";
import type { ProtocolSink } from "./protocol-sink.ts";
import { type ReceptionOwner } from "./reception.ts";
import type { ProtocolSettings } from "./settings.ts";
export declare class Protocol implements ReceptionOwner {
    #private;
    constructor(settings: ProtocolSettings, sink: ProtocolSink, output: FrameOutput, extensions: readonly Extension[], now: number);
    get state(): State;
    get canSend(): boolean;
    get isSendingFragments(): boolean;
    get closeInfo(): CloseInfo;
    get heldBytes(): number;
    get deadline(): number;
    receive(bytes: Uint8Array, now: number, end?: number): number;
    get isDecoding(): boolean;
    receiveDecoded(now: number): void;
    suspend(): void;
    stopReceiving(): void;
    receiveEnd(now: number): void;
    transportEnded(now: number): void;
    receivingPaused(now: number): void;
    handleTimeout(now: number): void;
    outputDrained(): void;
    streamMessage(): void;
    sendText(text: string, compress?: boolean): boolean;
    sendBytes(payload: Uint8Array, opcode?: DataOpcode, compress?: boolean): boolean;
    sendShared(frame: Uint8Array, size?: number): boolean;
    encodeLater(payload: Uint8Array, opcode: DataOpcode, compress?: boolean): Promise<EncodedMessage> | undefined;
    sendEncoded(message: EncodedMessage): boolean;
    sendFragment(payload: Uint8Array, opcode: DataOpcode, isLast: boolean, compress?: boolean): boolean;
    ping(payload: Uint8Array, now: number, waiter?: PingWaiter): boolean;
    pong(payload: Uint8Array): boolean;
    close(code: number, reason: string, now: number): void;
    holdClose(): void;
    releaseClose(now: number): void;
    fail(fault: ProtocolFault, now: number): void;
    abandon(reason: string, now: number): void;
    controlReceived(opcode: Opcode, payload: Uint8Array): void;
    receptionFailed(fault: ProtocolFault): void;
}

// protocol-sink.d.ts
import type { CloseInfo } from "./closing.ts";
import type { MessageSink } from "./message-assembler.ts";
export interface ProtocolSink extends MessageSink {
    ping(payload: Uint8Array): void;
    pong(payload: Uint8Array, latency: number | undefined): void;
    closing(): void;
    end(isHandshakeDone: boolean): void;
    abort(): void;
    closed(info: CloseInfo): void;
}

// settings.d.ts
import type { KeepBytes } from "../bytes/message-memory.ts";
import type { TextCodec } from "../bytes/text-codec.ts";
import type { MaskingKeys } from "./frame-writer.ts";
import type { Traffic } from "./traffic.ts";
export type Role = "server" | "client";
export interface ProtocolSettings {
    readonly role: Role;
    readonly maxSize: number;
    readonly maxFragmentSize: number;
    readonly maxFragments: number;
    readonly pingInterval: number;
    readonly pingTimeout: number;
    readonly closeTimeout: number;
    readonly text: TextCodec;
    readonly keepBytes?: KeepBytes;
    readonly maskingKeys: MaskingKeys;
    readonly traffic?: Traffic;
}

// traffic.d.ts
export declare const SIZE_CLASSES = 33;
export declare function sizeClassLimit(sizeClass: number): number;
export declare const SHORT_HEADER = 2;
export interface Flow {
    texts: number;
    binaries: number;
    payloadBytes: number;
    frameBytes: number;
    sizes: Float64Array | undefined;
    unsizedBytes: number;
}
export interface Traffic {
    readonly received: Flow;
    readonly sent: Flow;
}
export declare function createTraffic(): Traffic;
export declare function countMessage(flow: Flow, isText: boolean, size: number): void;
export declare function countSize(sizes: Float64Array, size: number): void;
export declare function countSent(flow: Flow, isText: boolean, size: number, length: number): void;
export declare function countShared(flow: Flow, frame: Uint8Array, size: number): void;
export declare function countFragmented(flow: Flow, isText: boolean, size: number): void;
export declare function sentBytes({ texts, binaries, payloadBytes, frameBytes }: Flow): number;
export declare function countSizes({ received, sent }: Traffic): void;
export declare function addTraffic(traffic: Traffic, other: Traffic): void;
