import { describe, expect, test } from "vitest";
import { stateDiagram, withDiagram } from "./draw-states.mjs";

describe("the diagram", () => {
  test("begins at the first state, groups triggers by where they lead, and ends where nothing leads on", () => {
    const moves = {
      shut: { push: "open", knock: "shut", pull: "open" },
      open: { push: "shut", burn: "gone" },
      gone: {},
    };
    expect(stateDiagram(moves).split("\n")).toEqual([
      "```mermaid",
      "stateDiagram-v2",
      "  [*] --> shut",
      "  shut --> open: push, pull",
      "  shut --> shut: knock",
      "  open --> shut: push",
      "  open --> gone: burn",
      "  gone --> [*]",
      "```",
    ]);
  });
});

describe("the page", () => {
  const page = "before\n<!-- states:start -->\nold\n<!-- states:end -->\nafter\n";

  test("has the diagram between its marks, and nothing else is changed", () => {
    const drawn = "before\n<!-- states:start -->\nnew\n<!-- states:end -->\nafter\n";
    expect(withDiagram(page, "new")).toBe(drawn);
    expect(withDiagram(drawn, "new")).toBe(drawn);
  });

  test.each(["no marks", "<!-- states:end --> <!-- states:start -->", "<!-- states:start -->"])(
    "needs its marks: %s",
    (text) => {
      expect(() => withDiagram(text, "new")).toThrow("docs/protocol.md must have the marks");
    },
  );
});
