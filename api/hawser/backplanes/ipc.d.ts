// index.d.ts
export type { IpcChannel } from "./outgoing.ts";
export { type IpcBackplaneServer, type IpcCluster, serveIpcBackplane } from "./primary.ts";
export { type IpcBackplaneOptions, ipcBackplane } from "./worker-backplane.ts";

// outgoing.d.ts
import { type FromPrimary, type FromWorker } from "./messages.ts";
export interface IpcChannel {
    readonly send?: ((message: any, sent: any) => boolean) | undefined;
    on(event: any, listener: (...args: any[]) => void): unknown;
    off(event: any, listener: (...args: any[]) => void): unknown;
}
export declare class Outgoing<Message extends FromWorker | FromPrimary> {
    #private;
    constructor(channel: IpcChannel, drained?: () => void);
    get size(): number;
    say(message: Message, size?: number): void;
}

// primary.d.ts
import type { Backplane } from "../../pubsub/backplane.ts";
import { type IpcChannel } from "./outgoing.ts";
export interface IpcCluster {
    readonly workers?: {
        readonly [id: string]: IpcChannel | undefined;
    } | undefined;
    on(event: any, listener: (...args: any[]) => void): unknown;
    off(event: any, listener: (...args: any[]) => void): unknown;
}
export interface IpcBackplaneServer {
    add(worker: IpcChannel): void;
    backplane(): Backplane;
    close(): void;
}
export declare function serveIpcBackplane(cluster?: IpcCluster): IpcBackplaneServer;

// worker-backplane.d.ts
import { type Backplane } from "../../pubsub/backplane.ts";
import { type IpcChannel } from "./outgoing.ts";
export interface IpcBackplaneOptions {
    readonly channel?: IpcChannel;
}
export declare function ipcBackplane({ channel }?: IpcBackplaneOptions): Backplane;
