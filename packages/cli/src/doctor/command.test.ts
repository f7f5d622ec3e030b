import { serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { MemoryTerminal } from "../../test/support/memory-terminal.ts";
import { Interrupted, UsageError } from "../command.ts";
import { doctor } from "./command.ts";
import { type Finding, findingsText, summaryText, worstLevel } from "./finding.ts";
import { parseDoctorOptions } from "./options.ts";

async function run(words: readonly string[]) {
  const terminal = new MemoryTerminal();
  const code = await doctor.run(words, terminal);
  return { code, output: terminal.output, errors: terminal.errors };
}

describe("findings", () => {
  const findings: Finding[] = [
    { topic: "a", level: "ok", found: "good" },
    { topic: "bcd", level: "warning", found: "poor", advice: "Mend it." },
    { topic: "e", level: "problem", found: "bad", advice: "Now." },
  ];

  test("stand under each other, with what to do", () => {
    expect(findingsText(findings)).toBe(
      "ok       a    good\nWARNING  bcd  poor\n              -> Mend it.\nPROBLEM  e    bad\n              -> Now.\n",
    );
    expect(findingsText([])).toBe("");
  });

  test.each<[Finding[], string, string]>([
    [findings, "1 problem, 1 warning", "problem"],
    [[findings[1]!, findings[1]!], "2 warnings", "warning"],
    [[findings[0]!], "nothing to mend", "ok"],
    [[{ topic: "", level: "note", found: "" }], "nothing to mend", "note"],
  ])("are summed up", (some, text, level) => {
    expect(summaryText(some)).toBe(text);
    expect(worstLevel(some)).toBe(level);
  });
});

describe("options", () => {
  test.each([
    [[], { kind: "machine", plan: { connections: 10_000, reusesPort: false } }],
    [["-c", "500", "-w", "3", "--reuse-port"], { plan: { connections: 500, workers: 3, reusesPort: true } }],
    [["wss://a/b", "--idle", "1.5", "-H", "A: b", "-k"], { kind: "route", idle: 1_500, headers: [["A", "b"]] }],
    [["wss://a/b", "--restart", "30"], { kind: "route", restart: 30_000 }],
    [["-l", "[::1]:80"], { kind: "listen", place: { host: "::1", port: 80 }, proxyProtocol: "off" }],
    [["-l", "8080", "--trust-proxy", "a", "--trust-proxy", "b"], { place: { port: 8_080 }, trustProxy: ["a", "b"] }],
    [["--unix", "/s", "--proxy-protocol", "required"], { place: { path: "/s" }, proxyProtocol: "required" }],
  ])("%j", (words, options) => {
    expect(parseDoctorOptions(words)).toMatchObject(options);
  });

  test.each([
    [["ws://a", "b"], "one URL can be given, got b after it."],
    [["http://a"], "the URL must begin with ws:// or wss://, got http://a."],
    [["nothing"], "the URL must begin with ws:// or wss://, got nothing."],
    [["ws://a", "-w", "2"], "--workers needs no URL."],
    [["--idle", "2"], "--idle needs a URL."],
    [["--restart", "2"], "--restart needs a URL."],
    [["ws://a", "--idle", "1e9"], "--idle must be a number from 0 to 86400, got 1e9."],
    [["--trust-proxy", "x"], "--trust-proxy needs --listen."],
    [["ws://a", "-l", "1"], "--listen and a URL exclude each other, got ws://a."],
    [["-l", "1", "--json"], "--json needs no --listen."],
    [["-l", "1", "--unix", "/s"], "--listen and --unix exclude each other."],
    [["-l", "99999"], "--listen must be a port or host:port, got 99999."],
    [["-l", "1", "--proxy-protocol", "x"], "--proxy-protocol must be one of off, optional, required, got x."],
    [["ws://a", "-H", "x"], '--header must be "Name: value", got "x".'],
  ])("%j: %s", (words, text) => {
    expect(() => parseDoctorOptions(words)).toThrow(new UsageError(text));
  });
});

describe("the command", () => {
  test("--help", async () => {
    expect((await run(["--help"])).output).toContain("hawser doctor <wss-url>");
  });

  test("this machine, as text and for programs", async () => {
    const { code, output } = await run(["--connections", "10"]);
    expect(output).toMatch(/^\w+ +Node +\d+\.\d+/);
    const { output: json } = await run(["--connections", "10", "--json"]);
    const findings = JSON.parse(json) as Finding[];
    expect(code).toBe(worstLevel(findings) === "problem" ? 1 : 0);
    expect(findings.map(({ topic }) => topic)).toContain("memory");
  });

  test("too many connections for the machine: exit code 1", async () => {
    expect((await run(["-c", "1e15", "-w", "1"])).code).toBe(1);
  });

  test("a route", async () => {
    const server = await serve((ws) => ws.waitClosed(), { host: "127.0.0.1" });
    onTestFinished(() => server.close());
    const { code, output, errors } = await run([`ws://127.0.0.1:${server.port}`, "--idle", "0"]);
    expect(output).toMatch(/ok +other origins +a page of another site is refused with 403\n/);
    expect(output).toMatch(/\nnothing to mend\n$/);
    expect(errors).toContain("An application's server answers");
    expect(code).toBe(0);
  });

  test("no route", async () => {
    await expect(run(["ws://127.0.0.1:9", "--idle", "0"])).rejects.toThrow(/^no connection: .*ECONNREFUSED/);
  });

  test("Ctrl-C ends an examination, and the far end", async () => {
    const terminal = new MemoryTerminal();
    const listening = doctor.run(["--listen", "127.0.0.1:0"], terminal);
    await expect.poll(() => terminal.errors).toMatch(/ready at port \d+/);
    const port = /ready at port (\d+)/.exec(terminal.errors)?.[1];
    const examiner = new MemoryTerminal();
    const examination = doctor.run([`ws://127.0.0.1:${port}`, "--idle", "60"], examiner);
    await expect.poll(() => examiner.errors).toContain("an idle connection");
    examiner.interrupt();
    await expect(examination).rejects.toThrow(Interrupted);
    terminal.interrupt();
    expect(await listening).toBe(0);
  });

  test("a port that is taken is said", async () => {
    const server = await serve((ws) => ws.waitClosed(), { host: "127.0.0.1" });
    onTestFinished(() => server.close());
    await expect(run(["--listen", `127.0.0.1:${server.port}`])).rejects.toThrow(/^cannot listen: .*EADDRINUSE/);
  });
});
