/**
 * Messages of several kinds, made up and always the same: enough to compare engines with, no more.
 */

export type Random = () => number;

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator of 48 bits would do as well). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS =
  "the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who oil its now find long down day did get come made may part over new sound take only little work know place year live me back give most very after thing our just name good sentence man think say great where help through much before line right too mean old any same tell boy follow came want show also around form three small set put end does another well large must big even such because turn here why ask went men read need land different home us move try kind hand picture again change off play spell air away animal house point page letter mother answer found study still learn should world".split(
    " ",
  );
const NAMES = "amelie boris chen dmitri elena farouk greta hiroshi ines jamal kofi lucia mateus nadia olga".split(" ");

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

function sentence(random: Random, words: number): string {
  return Array.from({ length: words }, () => pick(random, WORDS)).join(" ");
}

function identifier(random: Random): string {
  return (
    below(random, 0x1_0000_0000).toString(16).padStart(8, "0") +
    below(random, 0x1_0000_0000).toString(16).padStart(8, "0")
  );
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function json(value: unknown): Uint8Array {
  return utf8(JSON.stringify(value));
}

function timestamp(index: number, random: Random): string {
  return new Date(1_750_000_000_000 + index * 731 + below(random, 700)).toISOString();
}

function chat(index: number, random: Random): Uint8Array {
  const author = pick(random, NAMES);
  const mentions = random() < 0.2 ? [pick(random, NAMES)] : [];
  return json({
    type: "message",
    id: identifier(random),
    channel: `room-${below(random, 6)}`,
    ts: timestamp(index, random),
    author: { id: 1_000 + author.length * 37, name: author, avatar: `https://cdn.example.org/avatars/${author}.png` },
    body: sentence(random, 4 + below(random, 30)),
    mentions,
    reactions: random() < 0.3 ? [{ emoji: pick(random, ["+1", "heart", "tada"]), count: 1 + below(random, 5) }] : [],
  });
}

function tick(index: number, random: Random): Uint8Array {
  const symbol = pick(random, ["AAPL", "MSFT", "NVDA", "AMZN", "TSLA", "GOOG", "META", "NFLX"]);
  const price = 100 + symbol.charCodeAt(0) + random() * 5;
  return json({
    e: "trade",
    s: symbol,
    t: 1_750_000_000_000 + index * 13,
    p: price.toFixed(2),
    q: 1 + below(random, 500),
    b: (price - 0.01).toFixed(2),
    a: (price + 0.01).toFixed(2),
    x: pick(random, ["N", "Q", "P"]),
  });
}

function repositoryEvent(index: number, random: Random): Uint8Array {
  const name = pick(random, NAMES);
  const repository = `${pick(random, NAMES)}/${pick(random, WORDS)}-${pick(random, WORDS)}`;
  const commits = Array.from({ length: 1 + below(random, 3) }, () => ({
    sha: identifier(random) + identifier(random) + identifier(random).slice(0, 8),
    author: { email: `${name}@example.org`, name },
    message: sentence(random, 5 + below(random, 12)),
    distinct: true,
    url: `https://api.example.org/repos/${repository}/commits/${identifier(random)}`,
  }));
  return json({
    id: String(20_000_000_000 + index * 17),
    type: pick(random, ["PushEvent", "WatchEvent", "IssueCommentEvent"]),
    actor: {
      id: below(random, 99_999),
      login: name,
      display_login: name,
      gravatar_id: "",
      url: `https://api.example.org/users/${name}`,
    },
    repo: { id: below(random, 9_999_999), name: repository, url: `https://api.example.org/repos/${repository}` },
    payload: { push_id: below(random, 99_999_999), size: commits.length, ref: "refs/heads/main", commits },
    public: true,
    created_at: timestamp(index, random),
  });
}

function cursor(index: number, random: Random): Uint8Array {
  return json({
    type: "cursor",
    user: pick(random, NAMES),
    x: Math.round(400 + 300 * Math.sin(index / 20)) + below(random, 9),
    y: Math.round(300 + 200 * Math.cos(index / 31)) + below(random, 9),
    seq: index,
  });
}

function replicatedUpdate(index: number, random: Random): Uint8Array {
  const client = [0x8a + below(random, 3), 0xf3, 0xb2, 0xd1, 0x06];
  const clock = [0x80 | (index & 0x7f), index >> 7];
  const text = random() < 0.7 ? pick(random, WORDS).slice(0, 1 + below(random, 4)) : `${pick(random, WORDS)} `;
  return Uint8Array.of(
    0,
    2,
    1,
    1,
    ...client,
    ...clock,
    0x84,
    ...client,
    0x80 | ((index - 1) & 0x7f),
    (index - 1) >> 7,
    text.length,
    ...utf8(text),
    0,
  );
}

function fragment(_index: number, random: Random): Uint8Array {
  const rows = Array.from(
    { length: 2 + below(random, 8) },
    () =>
      `<li class="item${random() < 0.3 ? " item--active" : ""}" data-id="${below(random, 10_000)}"><a class="item__link" href="/items/${below(random, 10_000)}">${sentence(random, 3)}</a><span class="item__meta">${below(random, 60)} min</span></li>`,
  );
  return utf8(`<div id="phx-${below(random, 99)}" class="panel"><ul class="list">${rows.join("\n")}</ul></div>`);
}

function logLine(index: number, random: Random): Uint8Array {
  const level = pick(random, ["INFO", "INFO", "INFO", "WARN", "DEBUG"]);
  const path = `/api/v2/${pick(random, ["users", "orders", "carts"])}/${below(random, 100_000)}`;
  return utf8(
    `${timestamp(index, random)} ${level} [worker-${below(random, 8)}] http: ${pick(random, ["GET", "POST"])} ${path} ${pick(random, ["200", "200", "204", "404"])} ${below(random, 900)}ms 10.${below(random, 4)}.${below(random, 255)}.${below(random, 255)} req=${identifier(random)}\n`,
  );
}

function record(index: number, random: Random): Uint8Array {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
  const text = (field: number, value: string): number[] => [(field << 3) | 2, value.length, ...utf8(value)];
  const points = Array.from({ length: 3 + below(random, 12) }, (_, at) => [
    0x22,
    11,
    0x08,
    ...varint(128 + below(random, 16_000)),
    0x15,
    below(random, 256),
    below(random, 256),
    0x80 + at,
    0x41,
    0x18,
    below(random, 100),
    0x20,
  ]).flat();
  return Uint8Array.from([
    0x08,
    ...varint(1_000_000 + index),
    ...text(2, pick(random, NAMES)),
    ...text(3, `sensor/${below(random, 20)}/temperature`),
    ...points,
  ]);
}

/** One message after another, as they come on one connection. */
export const CORPORA = {
  chat,
  tick,
  repositoryEvent,
  cursor,
  replicatedUpdate,
  fragment,
  logLine,
  record,
} as const satisfies Record<string, (index: number, random: Random) => Uint8Array>;

export type CorpusName = keyof typeof CORPORA;

export function corpus(name: CorpusName, count: number): Uint8Array[] {
  const random = seededRandom(name.length * 7_919);
  return Array.from({ length: count }, (_, index) => CORPORA[name](index, random));
}
