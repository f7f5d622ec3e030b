/**
 * A set whose members know their places in it.
 *
 * Members come and go by the thousand, and a `Set` pays for that twice: it makes a new table for as many changes as it has
 * members, and each outlived table keeps those that were in it from a cheap collection. Here a change moves one member.
 */

/** In one roster at a time. */
export interface RosterMember {
  /** The roster's own note of where the member stands. */
  place: number;
}

export class Roster<Member extends RosterMember> implements Iterable<Member> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  has(member: Member): boolean {
    return this.#members[member.place] === member;
  }

  add(member: Member): void {
    if (this.has(member)) return;
    member.place = this.#members.length;
    this.#members.push(member);
  }

  /** The last member takes the place that becomes free. */
  delete(member: Member): void {
    if (!this.has(member)) return;
    const last = this.#members.pop()!;
    if (last === member) return;
    last.place = member.place;
    this.#members[member.place] = last;
  }

  /** Those who are members now. */
  toArray(): Member[] {
    return this.#members.slice();
  }

  /** In no particular order. Members must not come or go meanwhile. */
  [Symbol.iterator](): IterableIterator<Member> {
    return this.#members.values();
  }
}
