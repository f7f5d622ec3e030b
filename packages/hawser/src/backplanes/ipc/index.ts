/**
 * The entry point `hawser/backplanes/ipc`.
 */

export type { IpcChannel } from "./outgoing.ts";
export { type IpcBackplaneServer, type IpcCluster, serveIpcBackplane } from "./primary.ts";
export { type IpcBackplaneOptions, ipcBackplane } from "./worker-backplane.ts";
