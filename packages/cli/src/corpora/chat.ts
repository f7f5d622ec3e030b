/** A team's chat, as JSON: new messages, reactions, typing, presence. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH, FIRST_NAMES, LAST_NAMES, sentence, timestamp } from "./vocabulary.ts";

interface Member {
  readonly id: string;
  readonly name: string;
  readonly avatar: string;
}

const EMOJI = ["+1", "heart", "joy", "tada", "eyes", "rocket", "thinking"];

export const chat: CorpusKind = {
  name: "chat",
  title: "team chat in English, JSON",
  heldOut: false,
  start(random) {
    const members = Array.from({ length: 24 }, () => member(random));
    const channels = Array.from({ length: 4 }, () => `C${random.hex(8).toUpperCase()}`);
    const recent: string[] = [];
    let now = EPOCH;
    return () => {
      now += random.between(200, 30_000);
      const at = { channel: random.skewed(channels), user: random.skewed(members), now };
      const share = random.fraction();
      if (share < 0.12) return JSON.stringify({ type: "typing", channel: at.channel, user: at.user.id });
      if (share < 0.24 && recent.length > 0) return reaction(random, at, recent);
      if (share < 0.3)
        return JSON.stringify({ type: "presence", user: at.user.id, status: random.pick(["online", "away"]) });
      return message(random, at, recent);
    };
  },
};

interface Moment {
  readonly channel: string;
  readonly user: Member;
  readonly now: number;
}

function member(random: Random): Member {
  const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
  const id = `U${random.hex(8).toUpperCase()}`;
  return { id, name: `${first} ${last}`, avatar: `https://cdn.example.com/avatars/${random.hex(16)}_48.png` };
}

function message(random: Random, { channel, user, now }: Moment, recent: string[]): string {
  const id = `m_${random.base64url(14)}`;
  const parent = random.chance(0.25) ? recent.at(-random.between(1, 6)) : undefined;
  const sentences = Array.from({ length: random.between(1, 3) }, () => sentence(random, 3, 16));
  const mention = random.chance(0.15) ? `<@U${random.hex(8).toUpperCase()}> ` : "";
  recent.push(id);
  return JSON.stringify({
    type: "message",
    id,
    channel,
    thread: parent ?? null,
    user,
    text: `${mention}${sentences.join(" ")}`,
    edited: false,
    reactions: [],
    created_at: timestamp(now),
  });
}

function reaction(random: Random, { channel, user, now }: Moment, recent: readonly string[]): string {
  return JSON.stringify({
    type: "reaction_added",
    channel,
    message: recent.at(-random.between(1, Math.min(8, recent.length))),
    user: user.id,
    emoji: random.skewed(EMOJI),
    created_at: timestamp(now),
  });
}
