/**
 * The handles under Node's sockets: accepting, reading and writing without a stream. Every name of Node's that is used here
 * is undocumented, and all of those that are used stand here.
 *
 * A wrong call can end the process, so nothing of this may run before a trial has shown that it works (`handle-trial.ts`). It
 * knows nothing of transports. {@link createDriver} and {@link takeConnections} are given to the trial as text: they must not
 * refer to anything outside of themselves.
 */

import type { Server as NetServer } from "node:net";
import { getSystemErrorName } from "node:util";

/** A TCP or pipe handle, as far as it is used. Numbers that are returned are 0, or libuv's negative error numbers. */
export interface StreamHandle {
  /**
   * Called on the handle after each read: {@link HandleDriver.lengthRead} tells what was read. It must not return anything: Node
   * would take that for the memory to read into next.
   */
  onread: (this: StreamHandle) => void;
  /** Bytes that were written and that the kernel has not taken. */
  readonly writeQueueSize: number;
  /** Reads into `buffer` from now on. Node keeps its address alone: whoever calls this keeps it alive. */
  useUserBuffer(buffer: Uint8Array): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: HandleRequest | null, bytes: Uint8Array): number | HandleRequest;
  writev(request: HandleRequest | null, chunks: readonly Uint8Array[], areBuffers: true): number | HandleRequest;
  shutdown(request: HandleRequest): number;
  /** `onClosed` is called on the handle. */
  close(onClosed: (this: StreamHandle) => void): void;
  /** Pipes have neither address nor delay. */
  getpeername?(address: Partial<HandleAddress>): number;
  getsockname?(address: Partial<HandleAddress>): number;
  setNoDelay?(isOn: boolean): number;
}

export interface HandleAddress {
  address: string;
  port: number;
}

/** Who is told when a request is done. `status` is 0 or an error number. */
export interface HandleOwner {
  written(status: number): void;
  shutDown(status: number): void;
}

/** What Node wants for a write or a shutdown that is not done at once. */
interface HandleRequest {
  oncomplete: (this: HandleRequest, status: number) => void;
  owner: HandleOwner | undefined;
  /** What is written, so that it is not collected before. */
  memory: Uint8Array | readonly Uint8Array[] | undefined;
  /** Of Node 26: what became of the write, if it was done before anybody could be told. */
  writeStatus?: number | null;
}

/** Node's internal module `stream_wrap`. */
export interface StreamBinding {
  readonly WriteWrap: new () => HandleRequest;
  readonly ShutdownWrap: new () => HandleRequest;
  /** Where handles leave their results; the others say at which index. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
  readonly kLastWriteErr?: number;
}

/** How a handle takes a write: it is given a request each time, or makes one where it cannot write all at once. */
export type WriteContract = "request" | "result";

/** Result of {@link HandleDriver.write}: the kernel has not taken all of it. */
export const WAITS = 1;

/** What cannot be done by a handle's methods alone. One is enough for a process. */
export interface HandleDriver {
  /** In `onread`: bytes that were read, or an error number; 0 for nothing. */
  lengthRead(): number;
  /**
   * Writes bytes, or several one after the other. 0: the kernel has taken everything, and the memory may be used again.
   * {@link WAITS}: they wait, and `owner` is told when they do not any more. Else an error number.
   */
  write(handle: StreamHandle, chunks: Uint8Array | readonly Uint8Array[], owner: HandleOwner): number;
  /** Ends our side once everything is written; `owner` is told unless this returns something else than 0. */
  shutdown(handle: StreamHandle, owner: HandleOwner): number;
}

export function createDriver(binding: StreamBinding, contract: WriteContract): HandleDriver {
  const { WriteWrap, ShutdownWrap, streamBaseState: state } = binding;
  const { kReadBytesOrError, kLastWriteWasAsync, kLastWriteErr = 0 } = binding;
  /** A request that Node did not need. */
  let spare: HandleRequest | undefined;

  function onWritten(this: HandleRequest, status: number): void {
    const { owner } = this;
    this.owner = undefined;
    this.memory = undefined;
    owner?.written(status);
  }

  function onShutDown(this: HandleRequest, status: number): void {
    this.owner?.shutDown(status);
  }

  function newRequest(): HandleRequest {
    const request = new WriteWrap();
    request.oncomplete = onWritten;
    return request;
  }

  function send(handle: StreamHandle, request: HandleRequest | null, chunks: Uint8Array | readonly Uint8Array[]) {
    return chunks instanceof Uint8Array ? handle.writeBuffer(request, chunks) : handle.writev(request, chunks, true);
  }

  function keep(request: HandleRequest, chunks: Uint8Array | readonly Uint8Array[], owner: HandleOwner): number {
    request.memory = chunks;
    request.owner = owner;
    return 1;
  }

  return {
    lengthRead: () => state[kReadBytesOrError]!,
    write:
      contract === "request"
        ? (handle, chunks, owner) => {
            const request = spare ?? newRequest();
            spare = undefined;
            const status = send(handle, request, chunks) as number;
            if (status !== 0) return status;
            if (state[kLastWriteWasAsync] !== 0) return keep(request, chunks, owner);
            spare = request;
            return 0;
          }
        : (handle, chunks, owner) => {
            const request = send(handle, null, chunks);
            if (typeof request === "number") return request;
            const status = state[kLastWriteErr]!;
            if (status !== 0) return status;
            request.oncomplete = onWritten;
            return request.writeStatus ?? keep(request, chunks, owner);
          },
    shutdown(handle, owner) {
      const request = new ShutdownWrap();
      request.oncomplete = onShutDown;
      request.owner = owner;
      return handle.shutdown(request);
    },
  };
}

/** The handle of a socket; `undefined` once that is destroyed. */
export function handleOf(socket: object): StreamHandle | undefined {
  return (socket as { readonly _handle?: StreamHandle | null })._handle ?? undefined;
}

/** As Node's sockets report it. */
export function systemError(status: number, action: string): Error {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`${action} ${code}`), { errno: status, code, syscall: action });
}

/** What connections come over. */
export type HandleKind = "tcp" | "pipe";

/**
 * Hands the connections of a listening server to `accept`, as handles; the server itself does not see them, nor counts them.
 * `false`, and nothing is changed, if it does not listen on a socket of that kind.
 */
export function takeConnections(server: NetServer, kind: HandleKind, accept: (handle: StreamHandle) => void): boolean {
  const { _handle: listening } = server as unknown as {
    _handle: { onconnection?(status: number, handle: StreamHandle | undefined): void } | null;
  };
  if (typeof listening?.onconnection !== "function") return false;
  // In a process of a cluster it may be an object that stands for the primary's handle
  if (listening.constructor.name === (kind === "tcp" ? "Pipe" : "TCP")) return false;
  listening.onconnection = (status, handle) => {
    if (status === 0 && handle !== undefined) accept(handle);
  };
  return true;
}

/** The versions of Node that this was tried on, and how their handles take a write. */
export const TRIED_VERSIONS: Readonly<Record<number, WriteContract>> = {
  20: "request",
  22: "request",
  24: "request",
  26: "result",
};

/** @throws {Error} where Node does not give its internals away, such as under its permission model. */
export function openStreamBinding(): StreamBinding {
  const binding = bindingOf("stream_wrap");
  const { WriteWrap, ShutdownWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = binding;
  const hasRequests = typeof WriteWrap === "function" && typeof ShutdownWrap === "function";
  const hasState = streamBaseState instanceof Int32Array;
  const hasIndices = Number.isInteger(kReadBytesOrError) && Number.isInteger(kLastWriteWasAsync);
  if (hasRequests && hasState && hasIndices) return binding as StreamBinding;
  throw new Error("Node's internals are not as expected");
}

function bindingOf(name: string): Partial<StreamBinding> {
  const { noDeprecation = false } = process;
  // A warning (DEP0111, with --pending-deprecation) would be for who can change this line, not for users of the library
  process.noDeprecation = true;
  try {
    return (process as unknown as { binding(name: string): Partial<StreamBinding> }).binding(name);
  } catch (cause) {
    throw new Error("Node does not give access to its internals", { cause });
  } finally {
    process.noDeprecation = noDeprecation;
  }
}
