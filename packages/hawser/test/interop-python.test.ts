import { connect } from "hawser";
import { expect, onTestFinished, test } from "vitest";
import { within } from "./support/deadline.ts";
import { interopContract } from "./support/interop/contract.ts";
import { PythonPeer } from "./support/interop/python-peer.ts";
import { describeWith } from "./support/programs.ts";

describeWith("python3-websockets", "Python websockets", () => {
  const peer = new PythonPeer();
  interopContract(peer);

  test("a server that stops is 1001, which ends our iteration normally", async () => {
    const server = await peer.listen({ subprotocols: [], compression: true, isSecure: false });
    const ours = await connect(`ws://127.0.0.1:${server.port}/`, { proxy: null });
    onTestFinished(() => ours.terminate());
    const theirs = await within("Python accepts", server.accept());
    await theirs.send("last");
    const stopped = server.stop();
    const messages: unknown[] = [];
    for await (const message of ours) messages.push(message);
    expect(messages).toEqual(["last"]);
    expect(ours.closeCode).toBe(1001);
    await within("Python stops", stopped);
  });
});
