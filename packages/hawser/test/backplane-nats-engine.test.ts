/** What is said in the guide of NATS alone: names, what other programs may write, and who connects. */

import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { natsBackplane } from "hawser/backplanes/nats";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type BackplaneNode, message, startNode } from "./support/backplane-node.ts";
import type { Engine } from "./support/engines/engine.ts";
import { startNats } from "./support/engines/nats-server.ts";
import { describeWith } from "./support/programs.ts";

const LIMITS = { maxCount: 100, maxAge: 60_000 };

describeWith("nats-server", "the NATS backplane", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startNats();
  });
  afterAll(() => engine.stop());

  const open = () => connect({ servers: `127.0.0.1:${engine.port}`, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  const node = (prefix = "hawser"): Promise<BackplaneNode> => startNode(natsBackplane(open, { jetstream, prefix }));

  async function outsider() {
    const connection = await open();
    onTestFinished(() => connection.close());
    return connection;
  }

  test.each([
    ["news", "hawser.topic.news"],
    ["room:1 / a.b *>", "hawser.topic.room%3A1%20%2F%20a%2Eb%20%2A%3E"],
    ["it's (é)!~", "hawser.topic.it%27s%20%28%C3%A9%29%21%7E"],
  ])("to the topic %s other programs publish on %s", async (topic, subject) => {
    const [a, other] = [await node(), await outsider()];
    await a.subscribe(topic);
    other.publish(subject, "bare");
    other.publish(subject, '{"hawser":1,"key":"k"}\nwith an envelope');
    other.publish(subject, '{"hawser":1,"kind":"?"}\nx');
    await a.untilTold("rejected");
    expect(a.received().map(({ publication }) => publication)).toEqual([
      message(topic, "bare"),
      message(topic, "with an envelope", { key: "k" }),
    ]);
  });

  test("what others write into a history without an offset ends its epoch", async () => {
    const [a, other] = [await node(), await outsider()];
    const { position } = await a.publish(message("spoilt", "1"), LIMITS);
    await jetstream(other).publish("hawser.history.spoilt", "bare");
    const { position: next } = await a.publish(message("spoilt", "2"), LIMITS);
    expect(next!.offset).toBe(1);
    expect(next!.epoch).not.toBe(position!.epoch);
    const page = await a.call((one) => one.history("spoilt", LIMITS, { last: 10 }));
    expect(page.publications.map(({ data }) => data)).toEqual(["2"]);
    expect(a.events.map(({ type }) => type)).toContain("rejected");
  });

  test("limits of one stream are as wide as the widest topic's, and each topic keeps its own", async () => {
    const a = await node("limits");
    const narrow = { maxCount: 2, maxAge: 60_000 };
    for (const text of ["1", "2", "3"]) await a.publish(message("narrow", text), narrow);
    for (const text of ["1", "2", "3"]) await a.publish(message("wide", text), { maxCount: 10, maxAge: 200_000_000 });
    for (const text of ["4", "5"]) await a.publish(message("narrow", text), narrow);
    const page = await a.call((one) => one.history("narrow", narrow, { last: 10 }));
    expect(page.publications.map(({ offset }) => offset)).toEqual([4, 5]);
    const wide = await a.call((one) => one.history("wide", LIMITS, { last: 10 }));
    expect(wide.publications.map(({ offset }) => offset)).toEqual([1, 2, 3]);
  });

  test("a process that knows of narrower limits does not narrow what another one widened", async () => {
    const [a, b] = [await node("widened"), await node("widened")];
    const limits = (maxCount: number) => ({ maxCount, maxAge: 60_000 });
    await a.publish(message("two", "x"), limits(2));
    for (let count = 0; count < 10; count++) await b.publish(message("ten", `${count}`), limits(10));
    await a.publish(message("five", "x"), limits(5));
    const page = await b.call((one) => one.history("ten", limits(10), { last: 10 }));
    expect(page.publications).toHaveLength(10);
    const many = [3, 50, 7, 20].map((maxCount) => a.publish(message(`${maxCount}`, "x"), limits(maxCount)));
    await Promise.all(many);
    for (let count = 0; count < 30; count++) await a.publish(message("fifty", `${count}`), limits(50));
    expect((await a.call((one) => one.history("fifty", limits(50), { last: 50 }))).publications).toHaveLength(30);
  });

  test("five processes that publish to one topic at once", async () => {
    const nodes = await Promise.all([1, 2, 3, 4, 5].map(() => node()));
    const receipts = await Promise.all(
      nodes.flatMap((one, at) => [0, 1, 2, 3].map((index) => one.publish(message("busy", `${at} ${index}`), LIMITS))),
    );
    const offsets = receipts.map(({ position }) => position!.offset);
    expect(offsets.toSorted((a, b) => a - b)).toEqual(receipts.map((_, index) => index + 1));
  });

  test("a member that is kept for a shorter time than before goes after that", async () => {
    const { presence } = (await node()).backplane;
    await presence!.keep("room", [{ id: "a.b", data: "1" }], 60_000);
    await presence!.keep("room", [{ id: "a.b", data: "2" }], 30_000);
    expect([await presence!.list("room"), await presence!.count("room")]).toEqual([[{ id: "a.b", data: "2" }], 1]);
  });

  test("a connection that was handed in stays open, one that is made is closed", async () => {
    const handedIn = await outsider();
    const made: Awaited<ReturnType<typeof open>>[] = [];
    const backplanes = [
      natsBackplane(handedIn),
      natsBackplane(async () => {
        const connection = await open();
        made.push(connection);
        return connection;
      }),
    ];
    for (const backplane of backplanes) {
      const one = await startNode(backplane);
      await one.subscribe("t");
      await backplane.close();
    }
    expect([handedIn.isClosed(), made[0]!.isClosed()]).toEqual([false, true]);
  });

  test("a connection that gives up is made again", async () => {
    const own = await startNats();
    onTestFinished(() => own.stop());
    const servers = `127.0.0.1:${own.port}`;
    const a = await startNode(natsBackplane(() => connect({ servers, reconnect: false })));
    await a.subscribe("t");
    await own.kill();
    await a.untilTold("disconnected");
    await own.start();
    await a.untilTold("connected");
    expect(a.events.map(({ type }) => type)).toEqual(["disconnected", "gap", "connected"]);
    const b = await startNode(natsBackplane(() => connect({ servers })));
    await b.publish(message("t", "x"));
    await a.untilReceived(1);
  });

  test("without jetstream there is no history and no presence", async () => {
    const a = await startNode(natsBackplane(open));
    expect([a.backplane.keepsHistory, a.backplane.presence]).toEqual([false, undefined]);
    await expect(a.publish(message("t", "x"), LIMITS)).rejects.toThrow("histories need the option jetstream");
  });

  test.each<[object, string]>([
    [{ prefix: "a.b" }, 'prefix must be letters, digits, - and _, got "a.b"'],
    [{ storage: "disk" }, 'storage must be "file" or "memory", got "disk"'],
    [{ replicas: 0 }, "replicas must be from 1 to 5, got 0"],
    [{ jetstream: {} }, "jetstream must be the function jetstream of @nats-io/jetstream, got {}"],
  ])("%j is refused", (options, text) => {
    expect(() => natsBackplane(open, options)).toThrow(`Cannot make a NATS backplane: ${text}`);
  });

  test("no connection is refused", () => {
    expect(() => natsBackplane("localhost" as never)).toThrow(
      "Cannot make a NATS backplane: connection must be one or connect, got localhost",
    );
  });
});
