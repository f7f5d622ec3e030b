/** `hawser status`, `stop` and `scale` as built, in a real terminal, over the admin endpoint of a fake supervision. */

import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { startAdmin } from "../src/admin/admin-endpoint.ts";
import { FakeSupervision, workerStatus } from "./support/fake-supervision.ts";
import { TmuxTerminal } from "./support/tmux.ts";

const BIN = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

const LIMIT = 60_000;

async function start(...words: readonly string[]) {
  const supervision = new FakeSupervision();
  const address = { host: "127.0.0.1", port: 0 };
  const endpoint = await startAdmin(supervision, { address, token: undefined, name: "chat", kill: supervision.kill });
  onTestFinished(() => endpoint.close());
  const environment = { HAWSER_ADMIN: `127.0.0.1:${endpoint.address.port}` };
  const terminal = new TmuxTerminal(`'${process.execPath}' '${BIN}' ${words.join(" ")}`, environment);
  return { supervision, endpoint, terminal };
}

function shows(terminal: TmuxTerminal, part: string | RegExp): Promise<void> {
  return vi.waitFor(() => expect(terminal.screen()).toMatch(part), { timeout: LIMIT, interval: 100 });
}

describeWith("tmux", "in a real terminal", () => {
  test.each([["q"], ["C-c"]])(
    "status draws over itself until %s, and leaves the screen as it was",
    async (key) => {
      const { supervision, terminal } = await start("status");
      await shows(terminal, /^chat \(hawser 1\.2\.3\), pid 4242, running/);
      await shows(terminal, /^all +2 of 2 ready +300 +50 % +128 MiB +0$/m);
      const drain = { of: 300, left: 75, until: Date.now() + 3_600_000 };
      supervision.update({ drain, workers: [workerStatus(1, { state: "draining" })] });
      await shows(terminal, "closing connections [###############.....] 75 of 300 left");
      expect(terminal.screen().match(/^all /gm)).toHaveLength(1);
      terminal.press(key);
      await shows(terminal, /^exit code 0$/);
    },
    LIMIT,
  );

  test(
    "status ends with the supervisor",
    async () => {
      const { supervision, endpoint, terminal } = await start("status");
      supervision.update({ state: "stopping" });
      await shows(terminal, ", stopping,");
      await endpoint.close();
      await shows(terminal, /^It has stopped\.\nexit code 0$/);
    },
    LIMIT,
  );

  test(
    "stop shows a bar, and takes it away",
    async () => {
      const { supervision, endpoint, terminal } = await start("stop");
      supervision.update({ drain: { of: 300, left: 150, until: Date.now() + 5_000 } });
      await shows(terminal, /^\[##########\.{10}\] +50 %.* 150 of 300 connections left$/);
      await endpoint.close();
      await shows(terminal, /^Stopped\nexit code 0$/);
      expect(supervision.calls).toEqual(["stop"]);
    },
    LIMIT,
  );

  test(
    "in a pipe status is printed once",
    async () => {
      const { terminal } = await start("status | tail -n 1");
      await shows(terminal, /^all +2 of 2 ready +300 +50 % +128 MiB +0\nexit code 0$/);
    },
    LIMIT,
  );
});
