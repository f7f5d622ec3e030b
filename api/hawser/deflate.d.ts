// deflate.d.ts
export type { DeflateEngine, Deflater, DeflaterOptions, DeflateStrategy, InflateFault, Inflater, InflaterOptions, } from "../deflate/engine.ts";
export { SlidingWindow } from "../deflate/sliding-window.ts";
export { type CreateDeflaterOptions, type CreateInflaterOptions, createDeflater, createInflater, type DeflateEffort, } from "./create-codecs.ts";
export { zlibEngine } from "./zlib-engine.ts";

// packages/hawser/dist/deflate/engine.d.ts
export type DeflateStrategy = "default" | "filtered" | "huffmanOnly" | "rle" | "fixed";
export interface DeflaterOptions {
    readonly windowBits: number;
    readonly level?: number;
    readonly memLevel?: number;
    readonly strategy?: DeflateStrategy;
}
export interface InflaterOptions {
    readonly windowBits: number;
}
export interface Deflater {
    deflate(payload: Uint8Array, reach?: number): Uint8Array;
    append(payload: Uint8Array): void;
    copyWindow(): Uint8Array;
    reset(): void;
    readonly heldBytes: number;
}
export type InflateFault = "TOO_BIG" | "INVALID";
export interface Inflater {
    inflate(payload: Uint8Array, maxSize: number): Uint8Array | InflateFault;
    append(payload: Uint8Array): void;
    copyWindow(): Uint8Array;
    reset(): void;
    readonly heldBytes: number;
}
export interface DeflatePool {
    deflate(payload: Uint8Array, window: Uint8Array, options: DeflaterOptions): Promise<Uint8Array>;
    inflate(payload: Uint8Array, window: Uint8Array, windowBits: number, maxSize: number): Promise<Uint8Array | InflateFault>;
}
export interface DeflateEngine {
    createDeflater(options: DeflaterOptions, companion?: Inflater): Deflater;
    createInflater(options: InflaterOptions, companion?: Deflater): Inflater;
    readonly pool?: DeflatePool;
    admits?(bytes: number): boolean;
    holdShared?(bytes: number): void;
    declined?(): void;
}

// packages/hawser/dist/deflate/sliding-window.d.ts
export declare class SlidingWindow {
    #private;
    constructor(windowBits: number);
    get bytes(): Uint8Array;
    get heldBytes(): number;
    append(bytes: Uint8Array): void;
    reset(): void;
}

// create-codecs.d.ts
import type { Deflater, DeflateStrategy, Inflater } from "../deflate/engine.ts";
export type DeflateEffort = "fast" | "balanced" | "dense";
export interface CreateDeflaterOptions {
    readonly windowBits?: number;
    readonly effort?: DeflateEffort;
    readonly level?: number;
    readonly memLevel?: number;
    readonly strategy?: DeflateStrategy;
}
export interface CreateInflaterOptions {
    readonly windowBits?: number;
}
export declare function createDeflater(options?: CreateDeflaterOptions): Deflater;
export declare function createInflater(options?: CreateInflaterOptions): Inflater;

// zlib-engine.d.ts
import type { DeflateEngine, InflateFault } from "../deflate/engine.ts";
import { type Run, type Stretch } from "./zlib-inflation.ts";
export declare const zlibEngine: DeflateEngine;
export declare function runInflate(run: Run, windowBits: number): Stretch | InflateFault;
