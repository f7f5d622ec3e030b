/** Hawser's client, default settings without compression: messages are awaited one by one, and sent without waiting. */
import { type ClientConnection, connect } from "hawser";
import { type ClientSettings, runClient } from "./client-process.ts";

await runClient(async (settings) => {
  const ws = await connect(settings.url, { compression: false });
  void (settings.isEcho ? echo(ws) : ingest(ws, settings));
});

async function echo(ws: ClientConnection): Promise<void> {
  for await (const message of ws) ws.sendNow(message);
}

async function ingest(ws: ClientConnection, { received }: ClientSettings): Promise<void> {
  for await (const message of ws) received(message.length);
}
