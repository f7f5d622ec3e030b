import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Roster, type RosterMember } from "./roster.ts";

class Member implements RosterMember {
  place = 0;
}

describe("a roster", () => {
  test("has those who were added and not deleted, whatever the order", () => {
    const change = fc.record({ isAdded: fc.boolean(), index: fc.nat({ max: 7 }) });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const members = Array.from({ length: 8 }, () => new Member());
        const roster = new Roster<Member>();
        const expected = new Set<Member>();
        for (const { isAdded, index } of changes) {
          const member = members[index]!;
          if (isAdded) roster.add(member);
          else roster.delete(member);
          if (isAdded) expected.add(member);
          else expected.delete(member);
        }
        expect(new Set(roster)).toEqual(expected);
        expect(roster.size).toBe(expected.size);
        for (const member of members) expect(roster.has(member)).toBe(expected.has(member));
      }),
    );
  });

  test("leaves alone who stands in another one", () => {
    const [first, second] = [new Roster<Member>(), new Roster<Member>()];
    const [here, there] = [new Member(), new Member()];
    first.add(here);
    second.add(there);
    first.delete(there);
    expect([...first]).toEqual([here]);
    expect([...second]).toEqual([there]);
  });
});
