// index.d.ts
export interface CorpusDescription {
    readonly name: string;
    readonly title: string;
    readonly heldOut: boolean;
}
export declare const CORPORA: readonly CorpusDescription[];
export declare function corpus(name: string, count: number, seed?: string): Uint8Array[];
