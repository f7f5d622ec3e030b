/**
 * Questions and answers between the runner and the processes it starts, over Node's IPC channel.
 *
 * This file is the answering end; `child.ts` is the asking end. It does not know what is asked.
 */
export interface Request {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

export type Reply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

/** One function for each method; an error thrown or rejected is sent back as its text. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

/** Answers the parent's requests, and ends this process when the parent is gone. */
export function answerRequests(handlers: Handlers): void {
  process.on("message", (request: Request) => void answer(handlers, request));
  process.on("disconnect", () => process.exit(0));
}

async function answer(handlers: Handlers, request: Request): Promise<void> {
  const reply = await replyTo(handlers, request);
  process.send?.(reply);
}

async function replyTo(handlers: Handlers, { id, method, argument }: Request): Promise<Reply> {
  try {
    const handler = handlers[method];
    if (handler === undefined) throw new Error(`Cannot answer: unknown method ${method}`);
    return { id, result: await handler(argument as never) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
