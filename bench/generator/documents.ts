/**
 * JSON documents of a given length, the same in every process: requests, and a different answer to each. They are like a
 * chat's: names that come again, identifiers that do not, and text; with 12 bits of window they shrink to about a third.
 *
 * Servers use it, too: what they answer is made the same way.
 */
import { pseudoRandom } from "./payload.ts";

/** Different documents each way, in each of the scripts. */
const DOCUMENTS = 64;

/**
 * Different sequences of documents: connections do not all say the same, so that nobody's window is like everybody's. So many
 * that a few of them seen before do not matter.
 */
export const SCRIPTS = 64;

/** Below, a document has no room for its fields. */
const SHORTEST = 220;

const REQUEST_SEED = 0x51ab_93c7;
const ANSWER_SEED = 0x7e3d_15b9;

/** Who writes in a room. */
const PEOPLE = 6;

const EPOCH = 1_760_000_000_000;
const HOUR = 3_600_000;

const WORDS =
  "about above account after again answer before between board build change channel city close colour common company consider contract country course current customer decide deliver depend detail develop differ direct discuss during early effect engine enough event every example expect field final follow force general given group happen harbour hold house however idea include interest issue keep kind large later learn letter level light list little local machine market matter measure member message minute money month morning moment mother move nature near never north notice number object offer often order other paper part pattern people perhaps period place plan point possible power present price problem process produce program project provide public question quite rather reach reason receive record region remain remember report require result return river room round rule sample school season second seem sense serve several should simple since small social sound south space special stand start state still story street strong study subject such system table their there thing think though through today together toward travel under until value voice water week while white whole wind window within without woman wonder word work world write year young".split(
    " ",
  );

/** What clients send in turn, each with its number as `id`; exactly `size` bytes of ASCII. */
export function makeRequests(size: number, script: number): string[] {
  return makeDocuments(size, script, REQUEST_SEED);
}

/** What a server answers to the request of the same number. */
export function makeAnswers(size: number, script: number): string[] {
  return makeDocuments(size, script, ANSWER_SEED);
}

/** Looks up answers by requests; all are made when the first request of a size comes. */
export class AnswerBook {
  readonly #answers = new Map<number, readonly (readonly string[])[]>();

  answerTo(request: string): string {
    const { id, room } = JSON.parse(request) as { readonly id: number; readonly room: number };
    return this.#answersOf(request.length)[room]![id]!;
  }

  #answersOf(size: number): readonly (readonly string[])[] {
    const known = this.#answers.get(size);
    if (known !== undefined) return known;
    const answers = Array.from({ length: SCRIPTS }, (_, script) => makeAnswers(size, script));
    this.#answers.set(size, answers);
    return answers;
  }
}

function makeDocuments(size: number, script: number, seed: number): string[] {
  if (size < SHORTEST) throw new RangeError(`Cannot make documents: they need ${SHORTEST} bytes, got ${size}`);
  const next = pseudoRandom(Math.imul(size * SCRIPTS + script + 1, seed));
  // A generator's first numbers are like its seed
  for (let skipped = 0; skipped < 8; skipped++) next();
  return Array.from({ length: DOCUMENTS }, (_, id) => makeDocument(id, script, size, next));
}

function makeDocument(id: number, script: number, size: number, next: () => number): string {
  // Each room has people of its own
  const person = script * PEOPLE + (next() % PEOPLE);
  const name = WORDS[person % WORDS.length]!;
  const document = {
    type: "message",
    id,
    room: script,
    key: next().toString(16).padStart(8, "0"),
    author: { id: 10_000 + person * 7, name, avatar: `/avatars/${name}.png` },
    created: new Date(EPOCH + script * HOUR + id * 41_000 + (next() % 40_000)).toISOString(),
    text: "",
  };
  const room = size - JSON.stringify(document).length;
  while (document.text.length < room) document.text += `${word(next)} `;
  document.text = document.text.slice(0, room);
  return JSON.stringify(document);
}

/** The first words are the frequent ones, as in every language. */
function word(next: () => number): string {
  const place = (next() % 4096) / 4096;
  return WORDS[Math.floor(place * place * WORDS.length)]!;
}
