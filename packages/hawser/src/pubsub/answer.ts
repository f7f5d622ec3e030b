/**
 * What an engine says at once or later. One that lies in this process answers at once, and then nothing need wait for it.
 */

export type Answer<Value> = Value | Promise<Value>;

/**
 * Calls `use` with the answer, at once if it is there, and `failed` if there is none; `use` and `failed` must not throw. Never
 * rejects and never throws.
 */
export function whenAnswered<Value>(
  ask: () => Answer<Value>,
  use: (value: Value) => void,
  failed: (error: unknown) => void,
): Promise<void> | undefined {
  let answer: Answer<Value>;
  try {
    answer = ask();
  } catch (error) {
    failed(error);
    return undefined;
  }
  if (answer instanceof Promise) return answer.then(use, failed);
  use(answer);
  return undefined;
}
