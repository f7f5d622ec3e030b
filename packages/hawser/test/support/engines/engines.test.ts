import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { within } from "../deadline.ts";
import { describeWith, type ProgramName } from "../programs.ts";
import { Cable } from "./cable.ts";
import type { Engine } from "./engine.ts";
import { startNats } from "./nats-server.ts";
import { startRedis } from "./redis-server.ts";

const ENGINES: readonly (readonly [ProgramName, () => Promise<Engine>, RegExp])[] = [
  ["redis-server", startRedis, /^\+PONG/],
  ["nats-server", startNats, /PONG\r\n$/],
];

for (const [program, start, pong] of ENGINES) {
  describeWith(program, program, () => {
    test("answers, is killed, and is back in the same place", async () => {
      const engine = await start();
      onTestFinished(() => engine.stop());
      expect(await answerOf(engine.port)).toMatch(pong);
      const first = engine.pid;
      await engine.kill();
      await expect(answerOf(engine.port)).rejects.toThrow("ECONNREFUSED");
      await engine.start();
      expect(engine.pid).not.toBe(first);
      expect(await answerOf(engine.port)).toMatch(pong);
    });

    test("is behind a cable that can be cut and mended", async () => {
      const engine = await start();
      onTestFinished(() => engine.stop());
      const cable = new Cable(engine.port);
      await cable.lay();
      onTestFinished(() => cable.remove());
      const socket = connect(cable.port, "127.0.0.1").on("error", () => {});
      await once(socket, "connect");
      const closed = new Promise((resolve) => socket.once("close", resolve));
      cable.cut();
      await within("the end of the connection", closed);
      cable.mend();
      expect(await answerOf(cable.port)).toMatch(pong);
    });
  });
}

/** All that is said until the answer to a ping has come. */
function answerOf(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
  return within("an answer", pongOn(socket));
}

function pongOn(socket: Socket): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (!text.includes("PONG")) return;
      socket.destroy();
      resolve(text);
    });
  });
}
