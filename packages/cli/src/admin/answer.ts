/**
 * What a request to the admin endpoint is answered with. Knows no route and no socket.
 */

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Lines for people and for orchestrators' logs. */
export function textAnswer(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(body)}\n` };
}

/** Every error has this shape; the sentence says what to do. */
export function errorAnswer(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { ...jsonAnswer(status, { error: sentence }), headers };
}
