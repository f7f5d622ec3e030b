/**
 * The answering end of a measuring process or thread: requests come as messages, one method each.
 *
 * This file does not know what is asked, nor how messages travel.
 */

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

export type Reply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

/** One function for each method; what it throws is sent back as text. */
export type Answers = Readonly<Record<string, (argument: never) => unknown>>;

export async function replyTo(answers: Answers, { id, method, argument }: Request): Promise<Reply> {
  try {
    const answer = Object.hasOwn(answers, method) ? answers[method] : undefined;
    if (answer === undefined) throw new Error(`Cannot answer: unknown method ${method}`);
    return { id, result: await answer(argument as never) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
