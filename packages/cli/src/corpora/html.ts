/** Parts of a page that the server renders anew: a dashboard's rows, toasts, forms, counters. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { FIRST_NAMES, LAST_NAMES, PRODUCTS, sentence } from "./vocabulary.ts";

const STATES = [
  ["Shipped", "bg-green-100 text-green-800"],
  ["Paid", "bg-blue-100 text-blue-800"],
  ["Pending", "bg-yellow-100 text-yellow-800"],
  ["Refunded", "bg-gray-100 text-gray-800"],
] as const;

export const html: CorpusKind = {
  name: "html",
  title: "rendered parts of a page, HTML",
  heldOut: false,
  start(random) {
    let order = 18_400;
    return () => {
      const share = random.fraction();
      if (share < 0.5) return row(random, ++order);
      if (share < 0.65) return toast(random, order);
      if (share < 0.85) return counter(random);
      return field(random);
    };
  },
};

function row(random: Random, order: number): string {
  const [state, classes] = random.pick(STATES);
  const customer = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
  const price = (random.between(500, 25_000) / 100).toFixed(2);
  return `<tr id="order-${order}" class="border-b hover:bg-gray-50" hx-swap-oob="true">
  <td class="px-4 py-2 font-mono text-sm"><a href="/orders/${order}" class="text-indigo-600 hover:underline">#${order}</a></td>
  <td class="px-4 py-2">${customer}</td>
  <td class="px-4 py-2">${random.pick(PRODUCTS)}${random.chance(0.3) ? ` &times; ${random.between(2, 9)}` : ""}</td>
  <td class="px-4 py-2 text-right tabular-nums">&euro; ${price}</td>
  <td class="px-4 py-2"><span class="rounded-full px-2 py-0.5 text-xs font-medium ${classes}">${state}</span></td>
</tr>`;
}

function toast(random: Random, order: number): string {
  return `<div id="toasts" hx-swap-oob="afterbegin"><div role="status" class="rounded-md bg-white p-4 shadow-lg">
  <p class="text-sm font-medium text-gray-900">Order #${order}</p><p class="mt-1 text-sm text-gray-500">${sentence(random, 4, 12)}</p>
</div></div>`;
}

function counter(random: Random): string {
  const name = random.pick(["visitors", "orders", "revenue", "open-tickets"]);
  const change = random.between(-90, 90) / 10;
  const colour = change < 0 ? "text-red-600" : "text-green-600";
  return `<div id="stat-${name}" class="rounded-lg bg-white p-6 shadow" hx-swap-oob="true"><dt class="truncate text-sm font-medium text-gray-500">${name}</dt><dd class="mt-1 text-3xl font-semibold text-gray-900">${random.between(10, 99_999)}</dd><span class="${colour} text-sm">${change.toFixed(1)} %</span></div>`;
}

function field(random: Random): string {
  const name = random.pick(["email", "street", "city", "phone"]);
  const message = random.chance(0.5)
    ? `<p class="mt-2 text-sm text-red-600" id="${name}-error">${sentence(random, 3, 8)}</p>`
    : "";
  return `<div id="field-${name}" hx-swap-oob="true"><label for="${name}" class="block text-sm font-medium text-gray-700">${name}</label><input type="text" name="${name}" id="${name}" value="${random.pick(LAST_NAMES)} ${random.between(1, 120)}" class="mt-1 block w-full rounded-md border-gray-300 shadow-sm" aria-describedby="${name}-error">${message}</div>`;
}
