import { describe, expect, test } from "vitest";
import { corpus } from "../../corpora/index.ts";
import { type Answers, replyTo } from "../../workers/answers.ts";
import { compressionWith } from "../settings.ts";
import { clientsAnswers } from "./clients.ts";
import { codecAnswers } from "./codec.ts";
import { type ServerFigures, serverAnswers } from "./server.ts";

const messages = corpus("ticks", 40);

/** Asks as a parent process would. */
async function ask<Result>(answers: Answers, method: string, argument?: unknown): Promise<Result> {
  const reply = await replyTo(answers, { id: 1, method, argument });
  if ("error" in reply) throw new Error(reply.error);
  return reply.result as Result;
}

describe("answers", () => {
  const answers: Answers = {
    double: (value: number) => value * 2,
    fail: () => Promise.reject(new TypeError("no")),
    failOddly: () => {
      throw "a string";
    },
  };

  test.each([
    ["double", { id: 7, result: 6 }],
    ["fail", { id: 7, error: "no" }],
    ["failOddly", { id: 7, error: "a string" }],
    ["toString", { id: 7, error: "Cannot answer: unknown method toString" }],
  ])("%s", async (method, reply) => {
    expect(await replyTo(answers, { id: 7, method, argument: 3 })).toEqual(reply);
  });
});

test("the codec keeps the corpus, and connections from round to round", async () => {
  const codec = codecAnswers();
  await ask(codec, "load", messages);
  const compression = compressionWith(10);
  const pass = await ask<{ bytes: number }>(codec, "pass", { compression, leastTime: 0 });
  expect(pass.bytes).toBeGreaterThan(0);
  const request = { id: "10/3", compression, connections: 4, leastTime: 0 };
  expect(await ask(codec, "roundRobin", request)).toMatchObject({ heldBytes: 2_048 });
  expect(await ask(codec, "roundRobin", { ...request, connections: 0 })).toMatchObject({ heldBytes: 2_048 });
});

test("clients open, exchange and close; the server counts", async () => {
  const [server, clients] = [serverAnswers(), clientsAnswers()];
  const port = await ask<number>(server, "start", { compression: compressionWith(12), largest: 2_000_000 });
  await ask(clients, "load", messages);
  await ask(clients, "open", { port, connections: 60 });
  await ask(clients, "exchange", 3);
  const figures = await ask<ServerFigures>(server, "figures");
  expect(figures.connections).toBe(60);
  expect(figures.rss).toBeGreaterThan(figures.inUse);
  expect(figures.cpu).toBeGreaterThan(0);
  await ask(clients, "close");
  await ask(server, "emptied");
  expect((await ask<ServerFigures>(server, "figures")).connections).toBe(0);
  await ask(server, "stop");
});
