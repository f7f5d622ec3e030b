/** Results of GraphQL subscriptions over `graphql-transport-ws`: a shop's orders and stock. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH, FIRST_NAMES, LAST_NAMES, PRODUCTS, sentence, timestamp } from "./vocabulary.ts";

export const graphql: CorpusKind = {
  name: "graphql",
  title: "results of GraphQL subscriptions, JSON",
  heldOut: false,
  start(random) {
    const [orders, stock] = [random.uuid(), random.uuid()];
    let now = EPOCH;
    return () => {
      now += random.between(50, 9_000);
      const share = random.fraction();
      if (share < 0.55) return next(orders, { orderUpdated: order(random, now) });
      if (share < 0.93) return next(stock, { stockChanged: change(random, now) });
      return JSON.stringify({ id: orders, type: "next", payload: { data: null, errors: [failure(random)] } });
    };
  },
};

function next(id: string, data: object): string {
  return JSON.stringify({ id, type: "next", payload: { data } });
}

function order(random: Random, now: number): object {
  const lines = Array.from({ length: random.between(1, 4) }, () => ({
    __typename: "OrderLine",
    quantity: random.between(1, 5),
    product: { __typename: "Product", id: globalId(random, "Product"), title: random.pick(PRODUCTS) },
    total: money(random),
  }));
  return {
    __typename: "Order",
    id: globalId(random, "Order"),
    status: random.pick(["CREATED", "PAID", "FULFILLED", "CANCELLED"]),
    customer: {
      __typename: "Customer",
      id: globalId(random, "Customer"),
      displayName: `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`,
    },
    lines: { __typename: "OrderLineConnection", totalCount: lines.length, nodes: lines },
    note: random.chance(0.2) ? sentence(random, 4, 14) : null,
    updatedAt: timestamp(now),
  };
}

function change(random: Random, now: number): object {
  const product = { __typename: "Product", id: globalId(random, "Product"), title: random.pick(PRODUCTS) };
  const warehouse = random.pick(["BER1", "MAD2", "OSA1"]);
  return {
    __typename: "StockChange",
    product,
    warehouse,
    available: random.between(0, 900),
    updatedAt: timestamp(now),
  };
}

function money(random: Random): object {
  return { __typename: "Money", amount: (random.between(299, 20_000) / 100).toFixed(2), currencyCode: "EUR" };
}

function failure(random: Random): object {
  const path = ["orderUpdated", "lines", "nodes", random.between(0, 3), "total"];
  return {
    message: "Upstream request timed out",
    locations: [{ line: 7, column: 11 }],
    path,
    extensions: { code: "TIMEOUT" },
  };
}

function globalId(random: Random, type: string): string {
  return `gid://shop/${type}/${random.between(100_000, 999_999)}`;
}
