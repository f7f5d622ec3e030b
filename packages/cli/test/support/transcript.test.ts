import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "./folder.ts";
import { Session } from "./session.ts";
import { matches, readTranscript } from "./transcript.ts";

const page = `# A page
\`\`\`js title=server.mjs
import "hawser";
\`\`\`
Run it:
\`\`\`console needs=redis-server,nats-server
$ node server.mjs &
$ cat <<END
> one
> END
one
...
\`\`\`
`;

describe("a page", () => {
  test("has files, needs and steps", () => {
    expect(readTranscript("page.md", page)).toEqual({
      files: new Map([["server.mjs", 'import "hawser";\n']]),
      needs: ["redis-server", "nats-server"],
      steps: [
        { line: 7, command: "node server.mjs &", expected: [] },
        { line: 8, command: "cat <<END\none\nEND", expected: ["one", "..."] },
      ],
    });
  });

  test.each([
    ["```console\nno command\n```", 'page.md:2: a transcript begins with "$ "'],
    ["text\n```js\n", "page.md:2: the fence is not closed"],
  ])("%j is refused", (text, message) => {
    expect(() => readTranscript("page.md", text)).toThrow(message);
  });
});

describe("output", () => {
  test.each<[expected: string[], output: string, isSame: boolean]>([
    [[], "", true],
    [[], "unexpected\n", false],
    [["pid <pid> (a.b)"], "pid 12 (a.b)\n", true],
    [["pid <pid>"], "pid \n", false],
    [["a.b"], "a-b\n", false],
    [["first", "...", "last"], "first\nlast\n", true],
    [["first", "...", "last"], "first\n2\n3\nlast", true],
    [["first", "...", "last"], "first\nlast\nmore\n", false],
    [["..."], "", true],
  ])("%j shows %j: %j", (expected, output, isSame) => {
    expect(matches(expected, output)).toBe(isSame);
  });
});

describe("a session", () => {
  function open(): Session {
    const session = new Session(temporaryFolder(), process.env);
    onTestFinished(() => session.end());
    return session;
  }

  test("keeps variables, and gives a command no input but its own", async () => {
    const session = open();
    const any = () => true;
    expect(await session.run("NAME=value", any, 5_000)).toBe("");
    expect(await session.run('cat; echo "$NAME" >&2; exit_code() { return 3; }; exit_code', any, 5_000)).toBe(
      "value\n",
    );
    expect(await session.run("echo $?", any, 5_000)).toBe("3\n");
  });

  test("waits for what a background program writes later", async () => {
    const session = open();
    const isExpected = (output: string) => matches(["late"], output);
    expect(await session.run("(sleep 0.2; echo late) &", isExpected, 5_000)).toBe("late\n");
  });

  test("says what was written instead", async () => {
    await expect(open().run("echo other", (output) => matches(["this"], output), 300)).rejects.toThrow(
      "after 300 ms: echo other\nother\n",
    );
  });
});
