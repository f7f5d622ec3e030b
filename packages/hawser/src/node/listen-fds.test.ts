import { describe, expect, test } from "vitest";
import { listenFds } from "./listen-fds.ts";

const PID = 4711;

function environment(pid: string | undefined, fds: string | undefined, names?: string): Record<string, string> {
  const all = { LISTEN_PID: pid, LISTEN_FDS: fds, LISTEN_FDNAMES: names, LISTEN_PIDFDID: pid && "99", HOME: "/root" };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<string, string>;
}

describe("listenFds", () => {
  test.each([
    ["one descriptor", environment("4711", "1"), [{ fd: 3, name: undefined }]],
    [
      "several with names",
      environment("4711", "2", "web:admin"),
      [
        { fd: 3, name: "web" },
        { fd: 4, name: "admin" },
      ],
    ],
    ["an empty name", environment("4711", "1", ""), [{ fd: 3, name: "" }]],
    ["none", environment("4711", "0", ""), []],
    ["no activation", environment(undefined, undefined), []],
    ["no process id", environment(undefined, "1"), []],
    ["no count", environment("4711", undefined), []],
    ["another process", environment("4712", "1", "web"), []],
    ["another process, whatever it is told", environment("4712", "many"), []],
  ])("%s", (_name, env, expected) => {
    expect(listenFds(env, PID)).toEqual(expected);
    expect(env).toEqual({ HOME: "/root" });
    expect(listenFds(env, PID)).toEqual([]);
  });

  test.each([
    ["4711x", "1", undefined, 'LISTEN_PID must be an integer from 0 to 9007199254740991, got "4711x"'],
    ["", "1", undefined, /^Cannot take over descriptors: LISTEN_PID must be .*, got ""$/],
    ["4711", "-1", undefined, 'LISTEN_FDS must be an integer from 0 to 65536, got "-1"'],
    ["4711", "1.5", undefined, /LISTEN_FDS .* got "1\.5"$/],
    ["4711", "65537", undefined, /LISTEN_FDS .* got "65537"$/],
    ["4711", "99999999999999999999", undefined, /LISTEN_FDS/],
    ["4711", "2", "web", 'LISTEN_FDNAMES must have as many names as LISTEN_FDS says (2), got "web"'],
    ["4711", "1", "a:b", /LISTEN_FDNAMES/],
  ])("pid %j, fds %j, names %j are malformed", (pid, fds, names, message) => {
    const env = environment(pid, fds, names);
    const before = { ...env };
    expect(() => listenFds(env, PID)).toThrow(message);
    expect(env).toEqual(before);
  });

  test("looks at this process by default", () => {
    const before = process.env["LISTEN_FDS"];
    process.env["LISTEN_PID"] = String(process.pid);
    process.env["LISTEN_FDS"] = "1";
    expect(listenFds()).toEqual([{ fd: 3, name: undefined }]);
    expect(process.env["LISTEN_PID"]).toBeUndefined();
    if (before !== undefined) process.env["LISTEN_FDS"] = before;
  });
});
