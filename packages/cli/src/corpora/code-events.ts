/** What happens on a host of code repositories, as JSON: pushes, issues, comments, stars. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH, FIRST_NAMES, LAST_NAMES, sentence, timestamp, WORDS } from "./vocabulary.ts";

const API = "https://api.example.com";

export const codeEvents: CorpusKind = {
  name: "code-events",
  title: "events of a code host, JSON",
  heldOut: false,
  start(random) {
    const actors = Array.from({ length: 40 }, () => actor(random));
    const repositories = Array.from({ length: 25 }, () => repository(random));
    let id = 41_270_000_000;
    let now = EPOCH;
    return () => {
      id += random.between(1, 5_000);
      now += random.between(10, 4_000);
      const repo = random.skewed(repositories);
      const [type, payload] = happening(random, repo, now);
      const event = { id: String(id), type, actor: random.skewed(actors), repo, payload, public: true };
      return JSON.stringify({ ...event, created_at: timestamp(now).replace(/\.\d+/, "") });
    };
  },
};

interface Named {
  readonly id: number;
  readonly name: string;
  readonly url: string;
}

function actor(random: Random): object {
  const login =
    `${random.pick(FIRST_NAMES)}${random.pick(LAST_NAMES)}${random.chance(0.4) ? random.between(1, 99) : ""}`.toLowerCase();
  const id = random.between(10_000, 99_000_000);
  return { id, login, url: `${API}/users/${login}`, avatar_url: `https://avatars.example.com/u/${id}?` };
}

function repository(random: Random): Named {
  const name = `${random.pick(WORDS)}-labs/${random.pick(WORDS)}-${random.pick(WORDS)}`;
  return { id: random.between(1_000_000, 700_000_000), name, url: `${API}/repos/${name}` };
}

function happening(random: Random, repo: Named, now: number): [type: string, payload: object] {
  const share = random.fraction();
  if (share < 0.45) return ["PushEvent", push(random, repo)];
  if (share < 0.65) return ["IssueCommentEvent", comment(random, repo, now)];
  if (share < 0.8) return ["WatchEvent", { action: "started" }];
  if (share < 0.9) return ["CreateEvent", { ref: random.pick(WORDS), ref_type: "branch", master_branch: "main" }];
  return ["IssuesEvent", { action: random.pick(["opened", "closed"]), issue: issue(random, repo, now) }];
}

function push(random: Random, repo: Named): object {
  const commits = Array.from({ length: random.between(1, 4) }, () => {
    const sha = random.hex(40);
    const name = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
    const email = `${name.toLowerCase().replace(" ", ".")}@example.org`;
    const message = sentence(random, 3, 12);
    return { sha, author: { email, name }, message, distinct: true, url: `${repo.url}/commits/${sha}` };
  });
  const [head, before] = [commits.at(-1)!.sha, random.hex(40)];
  const size = commits.length;
  const ref = `refs/heads/${random.pick(["main", "main", "develop", "next"])}`;
  return {
    repository_id: repo.id,
    push_id: random.between(1e9, 4e9),
    size,
    distinct_size: size,
    ref,
    head,
    before,
    commits,
  };
}

function issue(random: Random, repo: Named, now: number): object {
  const number = random.between(1, 4_000);
  const url = `${repo.url}/issues/${number}`;
  const created = timestamp(now - random.between(60_000, 900_000_000));
  return {
    url,
    html_url: `https://code.example.com/${repo.name}/issues/${number}`,
    comments_url: `${url}/comments`,
    number,
    title: sentence(random, 4, 10),
    state: random.pick(["open", "closed"]),
    labels: random.chance(0.5) ? [{ name: random.pick(["bug", "question", "help wanted"]), color: random.hex(6) }] : [],
    comments: random.between(0, 20),
    created_at: created,
    body: `${sentence(random, 8, 20)}\r\n\r\n${sentence(random, 5, 25)}`,
  };
}

function comment(random: Random, repo: Named, now: number): object {
  const id = random.between(1e8, 9e8);
  const body = `${sentence(random, 4, 20)} ${sentence(random, 4, 20)}`;
  const url = `${repo.url}/issues/comments/${id}`;
  return { action: "created", issue: issue(random, repo, now), comment: { url, id, created_at: timestamp(now), body } };
}
