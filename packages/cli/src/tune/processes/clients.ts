/** The process that plays the clients: the library's own, each at another place of the corpus. */

import { type ClientConnection, connect } from "hawser";
import type { Answers } from "../../workers/answers.ts";

export interface OpenRequest {
  readonly port: number;
  readonly connections: number;
}

/** Handshakes at a time: more would overflow the server's listen queue. */
const AT_ONCE = 50;

export function clientsAnswers(): Answers {
  let messages: readonly Uint8Array[] = [];
  let clients: ClientConnection[] = [];
  let exchanged = 0;
  return {
    load(corpus: readonly Uint8Array[]): void {
      messages = corpus;
    },
    async open({ port, connections }: OpenRequest): Promise<void> {
      const maxSize = messages.reduce((largest, { length }) => Math.max(largest, length), 1_048_576);
      for (let open = 0; open < connections; open += AT_ONCE) {
        const count = Math.min(AT_ONCE, connections - open);
        const batch = Array.from({ length: count }, () => connect(`ws://127.0.0.1:${port}`, { maxSize, proxy: null }));
        clients.push(...(await Promise.all(batch)));
      }
    },
    /** Each client sends its next `count` messages, and takes each one's echo before the next. */
    async exchange(count: number): Promise<void> {
      for (let step = 0; step < count; step++) {
        await Promise.all(
          clients.map((client, index) => echo(client, messages[(index * 7 + exchanged) % messages.length]!)),
        );
        exchanged += 1;
      }
    },
    async close(): Promise<void> {
      await Promise.all(clients.map((client) => client.close()));
      clients = [];
      exchanged = 0;
    },
  } satisfies Answers;
}

async function echo(client: ClientConnection, message: Uint8Array): Promise<void> {
  await client.send(message);
  const reply = await client.recv();
  if (reply.length !== message.length) throw new Error("Cannot measure: the echo has another length");
}
