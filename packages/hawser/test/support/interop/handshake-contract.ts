/**
 * Part of the interoperability contract: subprotocols and TLS.
 */

import { expect, test } from "vitest";
import { within } from "../deadline.ts";
import type { OpenPair } from "./pair.ts";

export function handshakeContract(open: OpenPair): void {
  test("one subprotocol is agreed on", async () => {
    const options = { subprotocols: ["chat.v2", "chat.v1"], peerSubprotocols: ["chat.v1", "other"] };
    const { ours, theirs } = await open(options);
    expect(ours.subprotocol).toBe("chat.v1");
    expect(theirs.subprotocol).toBe("chat.v1");
  });

  test("none is agreed on where none is offered", async () => {
    const { ours, theirs } = await open();
    expect(ours.subprotocol).toBe(undefined);
    expect(theirs.subprotocol).toBe("");
  });

  test("over TLS", async () => {
    const { ours, theirs } = await open({ isSecure: true });
    const message = "over TLS ".repeat(10_000);
    await ours.send(message);
    expect(await within("the peer receives", theirs.receive())).toBe(message);
    await theirs.send(message);
    expect(await within("we receive", ours.recv())).toBe(message);
    await within("our close is answered", ours.close(4000, "safely"));
    expect(await within("the peer sees the close", theirs.closed())).toEqual({ code: 4000, reason: "safely" });
  });
}
