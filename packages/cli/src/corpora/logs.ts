/** Lines of a service's log, as a live view of it shows them. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH, sentence, timestamp, WORDS } from "./vocabulary.ts";

const PATHS = ["/api/v1/users", "/api/v1/orders", "/api/v1/orders/search", "/healthz", "/static/app.js", "/login", "/"];
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
  "curl/8.5.0",
];

export const logs: CorpusKind = {
  name: "logs",
  title: "log lines of a web service, plain text",
  heldOut: false,
  start(random) {
    const hosts = Array.from({ length: 5 }, () => `web-${random.hex(5)}`);
    const addresses = Array.from({ length: 60 }, () => address(random));
    let now = EPOCH;
    return () => {
      now += random.between(1, 900);
      const head = `${timestamp(now)} ${random.skewed(hosts)}`;
      const share = random.fraction();
      if (share < 0.6) return `${head} access ${access(random, addresses)}`;
      if (share < 0.9) return `${head} app level=info msg="${sentence(random, 3, 9)}" request_id=${random.uuid()}`;
      return `${head} app level=error msg="${failure(random)}" request_id=${random.uuid()}`;
    };
  },
};

function address(random: Random): string {
  return [random.between(11, 220), random.between(0, 255), random.between(0, 255), random.between(1, 254)].join(".");
}

function access(random: Random, addresses: readonly string[]): string {
  const path = random.skewed(PATHS);
  const query = path.includes("search") ? `?q=${random.pick(WORDS)}&page=${random.between(1, 9)}` : "";
  const method = random.skewed(["GET", "GET", "POST", "PUT"]);
  const status = random.skewed([200, 200, 200, 304, 404, 500]);
  const duration = (random.between(3, 2_000) / 10).toFixed(1);
  return `${random.skewed(addresses)} "${method} ${path}${query} HTTP/1.1" ${status} ${random.between(120, 48_000)} ${duration}ms "${random.skewed(AGENTS)}"`;
}

function failure(random: Random): string {
  return random.pick([
    `connect ECONNREFUSED 10.0.${random.between(0, 9)}.${random.between(2, 254)}:5432`,
    `timeout of ${random.pick([1_000, 5_000, 30_000])}ms exceeded`,
    `duplicate key value violates unique constraint \\"${random.pick(WORDS)}_pkey\\"`,
    `Cannot read properties of undefined (reading '${random.pick(WORDS)}')`,
  ]);
}
