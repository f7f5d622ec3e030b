/** Mail that arrives in an inbox: header lines, prose of people, and what services send from templates. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { EPOCH, FIRST_NAMES, LAST_NAMES, PRODUCTS, sentence, WORDS } from "./vocabulary.ts";

interface Person {
  readonly name: string;
  readonly address: string;
}

interface Mail {
  readonly from: Person;
  readonly subject: string;
  readonly body: string;
  readonly replyTo?: string;
}

const DOMAINS = ["example.com", "example.org", "mail.example.net", "uni.example.edu"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LINE = 72;

export const mail: CorpusKind = {
  name: "mail",
  title: "mail with header lines, prose and templates",
  heldOut: true,
  start(random) {
    const people = Array.from({ length: 20 }, () => person(random));
    const owner = person(random);
    const threads: { readonly id: string; readonly mail: Mail }[] = [];
    let now = EPOCH;
    return () => {
      now += random.between(4_000, 900_000);
      const id = `<${random.base64url(20)}@${random.pick(DOMAINS)}>`;
      const parent = random.chance(0.35) ? threads.at(-random.between(1, 9)) : undefined;
      const one = parent === undefined ? opening(random, owner, people) : reply(random, people, parent.id, parent.mail);
      threads.push({ id, mail: one });
      return lines(headers(id, owner, one, now), "", one.body);
    };
  },
};

function person(random: Random): Person {
  const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
  return { name: `${first} ${last}`, address: `${first}.${last}@${random.pick(DOMAINS)}`.toLowerCase() };
}

function opening(random: Random, owner: Person, people: readonly Person[]): Mail {
  const share = random.fraction();
  if (share < 0.2) return delivery(random, owner);
  if (share < 0.35) return reminder(random, owner);
  const from = random.skewed(people);
  const text = Array.from({ length: random.between(1, 4) }, () => paragraph(random)).join("\r\n\r\n");
  const [first] = owner.name.split(" ");
  return { from, subject: sentence(random, 3, 8), body: lines(`Hi ${first},`, "", text, "", "Best,", from.name) };
}

/** People answer above what they answer to. */
function reply(random: Random, people: readonly Person[], id: string, to: Mail): Mail {
  const from = random.skewed(people);
  const quoted = to.body.split("\r\n").slice(0, random.between(3, 9));
  const subject = to.subject.startsWith("Re: ") ? to.subject : `Re: ${to.subject}`;
  const body = lines(paragraph(random), "", `${to.from.name} wrote:`, ...quoted.map((line) => `> ${line}`));
  return { from, subject, body, replyTo: id };
}

function delivery(random: Random, owner: Person): Mail {
  const [number, product] = [
    `${random.between(100, 999)}-${random.between(1_000_000, 9_999_999)}`,
    random.pick(PRODUCTS),
  ];
  const total = (random.between(499, 19_900) / 100).toFixed(2);
  const body = lines(
    `Hello ${owner.name},`,
    "",
    "thank you for shopping with us. Your order has been dispatched and is on",
    "its way to you. You can follow the parcel at any time:",
    "",
    `    https://shop.example.com/orders/${number}/track?token=${random.base64url(24)}`,
    "",
    `Order number:  ${number}`,
    `Item:          ${random.between(1, 3)} x ${product}`,
    `Total:         EUR ${total}`,
    "",
    "If you did not place this order, please contact our customer service.",
    "This is an automatic message; replies are not read.",
  );
  const from = { name: "Example Shop", address: "orders@shop.example.com" };
  return { from, subject: `Your order ${number} is on its way`, body };
}

function reminder(random: Random, owner: Person): Mail {
  const [title, hour] = [sentence(random, 2, 5).slice(0, -1), random.between(8, 18)];
  const body = lines(
    `Dear ${owner.name},`,
    "",
    `this is a reminder of "${title}", today at ${hour}:${random.pick(["00", "15", "30", "45"])}.`,
    `Room: ${random.pick(["Aalto", "Bauhaus", "Corbusier"])} ${random.between(1, 4)}. Organised by ${random.pick(FIRST_NAMES)}.`,
    "",
    `Accept or decline: https://calendar.example.com/e/${random.hex(20)}`,
    "",
    "You receive this message because reminders are switched on in your settings.",
  );
  return { from: { name: "Calendar", address: "no-reply@calendar.example.com" }, subject: `Reminder: ${title}`, body };
}

/** Sentences of the words of the other kinds and of longer ones, broken into lines. */
function paragraph(random: Random): string {
  const words = Array.from({ length: random.between(2, 5) }, () => sentence(random, 5, 18))
    .join(" ")
    .split(" ")
    .map((word) => (random.chance(0.06) ? `${random.pick(WORDS)}${random.pick(["ing", "ness", "ed", "able"])}` : word));
  const text: string[] = [];
  let line = "";
  for (const word of words) {
    if (line.length + word.length >= LINE) {
      text.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return lines(...text, line);
}

function headers(id: string, owner: Person, { from, subject, replyTo }: Mail, now: number): string {
  const threading = replyTo === undefined ? [] : [`In-Reply-To: ${replyTo}`, `References: ${replyTo}`];
  return lines(
    `Message-ID: ${id}`,
    `Date: ${date(now)}`,
    `From: ${from.name} <${from.address}>`,
    `To: ${owner.name} <${owner.address}>`,
    `Subject: ${subject}`,
    ...threading,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
  );
}

/** `Mon, 2 Mar 2026 09:15:07 +0000`. */
function date(milliseconds: number): string {
  const at = new Date(milliseconds);
  const day = `${DAYS[at.getUTCDay()]}, ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${day} ${at.toISOString().slice(11, 19)} +0000`;
}

function lines(...all: readonly string[]): string {
  return all.join("\r\n");
}
