import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HandlerFunction, serve } from "hawser";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../../test/support/folder.ts";
import { CommandError } from "../../command.ts";
import { readFiles } from "../../messages/files.ts";
import { record } from "./record.ts";

const MESSAGES = ["first", Uint8Array.of(0, 255), '{"third":3}'];

async function serving(handler: HandlerFunction): Promise<string> {
  const server = await serve(handler, { host: "127.0.0.1" });
  onTestFinished(() => server.close());
  return `ws://127.0.0.1:${server.port}`;
}

const sendsAndStays: HandlerFunction = async (ws) => {
  for (const message of MESSAGES) await ws.send(message);
  await ws.waitClosed();
};

const sendsAndLeaves: HandlerFunction = async (ws) => {
  for (const message of MESSAGES) await ws.send(message);
};

function planFor(url: string) {
  const output = join(temporaryFolder(), "corpus.jsonl");
  return { url, output, messages: Number.POSITIVE_INFINITY, seconds: Number.POSITIVE_INFINITY };
}

const never = new AbortController().signal;

test("records text and bytes, so that they can be read back", async () => {
  const plan = { ...planFor(await serving(sendsAndStays)), messages: 3 };
  expect(await record(plan, never)).toEqual({ count: 3, end: "messages" });
  expect(readFileSync(plan.output, "utf8")).toBe('"first"\n{"base64":"AP8="}\n{"third":3}\n');
  const { messages } = await readFiles(plan.output, 10);
  expect(messages.map((message) => Buffer.from(message).toString("latin1"))).toEqual(["first", "\0ÿ", '{"third":3}']);
});

test("ends when the server closes", async () => {
  const plan = planFor(await serving(sendsAndLeaves));
  expect(await record(plan, never)).toEqual({ count: 3, end: "closed" });
});

test("ends when the time is over", async () => {
  const plan = { ...planFor(await serving((ws) => ws.waitClosed())), seconds: 0.1 };
  expect(await record(plan, never)).toEqual({ count: 0, end: "seconds" });
});

test("Ctrl-C ends it cleanly: the file is whole, the server sees a normal close", async () => {
  const controller = new AbortController();
  let sawClose: (code: number | undefined) => void;
  const closeCode = new Promise((resolve) => {
    sawClose = resolve;
  });
  const url = await serving(async (ws) => {
    for (const message of MESSAGES) await ws.send(message);
    await ws.ping();
    controller.abort();
    await ws.waitClosed();
    sawClose(ws.closeCode);
  });
  const plan = planFor(url);
  expect(await record(plan, controller.signal)).toEqual({ count: 3, end: "interrupted" });
  expect(readFileSync(plan.output, "utf8").split("\n")).toHaveLength(4);
  expect(await closeCode).toBe(1000);
});

test("an existing file is left alone", async () => {
  const plan = planFor(await serving(sendsAndLeaves));
  writeFileSync(plan.output, "mine");
  await expect(record(plan, never)).rejects.toThrow("exists already; --output names another file");
  expect(readFileSync(plan.output, "utf8")).toBe("mine");
});

test("a server that cannot be reached is an error, and leaves no file", async () => {
  const server = await serve(sendsAndLeaves, { host: "127.0.0.1" });
  const plan = planFor(`ws://127.0.0.1:${server.port}`);
  await server.close();
  await expect(record(plan, never)).rejects.toThrow(CommandError);
  await expect(record(plan, never)).rejects.toThrow(`cannot record ${plan.url}`);
  expect(existsSync(plan.output)).toBe(false);
});
