import { expect, test } from "vitest";
import { CommandError, UsageError } from "../command.ts";
import { urlOf } from "./address.ts";
import { parsePlanOptions } from "./options.ts";

const DEMAND = ["--connections", "10_000", "--rate", "2"];

test("a program, its demand, and its own arguments", () => {
  const options = parsePlanOptions([...DEMAND, "--headroom", "50%", "--memory", "512M", "app.mjs", "--", "--fast"]);
  expect(options).toMatchObject({
    entry: "app.mjs",
    args: ["--fast"],
    demand: { connections: 10_000, rate: 2, headroom: 0.5, memory: 536_870_912 },
    sample: 1_500,
    source: { kind: "size", bytes: 125 },
  });
});

test("is quick with fewer connections, and asks for help", () => {
  expect(parsePlanOptions([...DEMAND, "--quick", "app.mjs"])).toMatchObject({ isQuick: true, sample: 600 });
  expect(parsePlanOptions(["-h"])).toBe("help");
});

test.each([
  [[...DEMAND], "the program must be given: a file that calls serve()."],
  [
    ["app.mjs", "--rate", "1"],
    "--connections (of all clients together) and --rate (messages a second of each) must be given.",
  ],
  [[...DEMAND, "app.mjs", "--headroom", "100%"], "--headroom must be a number from 0 to 95, got 100."],
  [[...DEMAND, "app.mjs", "--memory", "much"], "--memory must be a size such as 512M, got much."],
  [[...DEMAND, "app.mjs", "--url", "http://x"], "--url must begin with ws:// or wss://, got http://x."],
  [[...DEMAND, "app.mjs", "--sample", "5"], "--sample must be a whole number from 100 to 20000, got 5."],
])("%j is refused", (words, message) => {
  expect(() => parsePlanOptions(words)).toThrow(new UsageError(message));
});

test.each([
  [{ address: "::", port: 80 }, undefined, "ws://127.0.0.1:80/"],
  [{ address: "0.0.0.0", port: 8080 }, undefined, "ws://127.0.0.1:8080/"],
  [{ address: "::1", port: 8080 }, undefined, "ws://[::1]:8080/"],
  [{ address: "::", port: 8443 }, "wss://localhost/chat", "wss://localhost:8443/chat"],
  [{ address: "::", port: 8443 }, "ws://localhost:9000", "ws://localhost:9000/"],
  ["/run/app.sock", "ws://localhost:9000", "ws://localhost:9000/"],
])("%j and %s: %s", (listening, url, expected) => {
  expect(urlOf(listening, url)).toBe(expected);
});

test("a Unix socket is no address for it", () => {
  expect(() => urlOf("/run/app.sock", undefined)).toThrow(CommandError);
});
