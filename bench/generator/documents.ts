/**
 * JSON documents of a given length, the same in every process: requests, and a different answer to each.
 *
 * Servers use it, too: what they answer is made the same way.
 */
import { pseudoRandom } from "./payload.ts";

/** Different documents each way. */
const DOCUMENTS = 64;

/** Below, a document has no room for its fields. */
const SHORTEST = 200;

const REQUEST_SEED = 0x51ab;
const ANSWER_SEED = 0x7e3d;

const WORDS =
  "about above account after again answer before between board build change channel city close colour common company consider contract country course current customer decide deliver depend detail develop differ direct discuss during early effect engine enough event every example expect field final follow force general given group happen harbour hold house however idea include interest issue keep kind large later learn letter level light list little local machine market matter measure member message minute money month morning moment mother move nature near never north notice number object offer often order other paper part pattern people perhaps period place plan point possible power present price problem process produce program project provide public question quite rather reach reason receive record region remain remember report require result return river room round rule sample school season second seem sense serve several should simple since small social sound south space special stand start state still story street strong study subject such system table their there thing think though through today together toward travel under until value voice water week while white whole wind window within without woman wonder word work world write year young".split(
    " ",
  );

/** What clients send in turn, each with its number as `id`; exactly `size` bytes of ASCII. */
export function makeRequests(size: number): string[] {
  return makeDocuments(size, REQUEST_SEED);
}

/** What a server answers to the request of the same number. */
export function makeAnswers(size: number): string[] {
  return makeDocuments(size, ANSWER_SEED);
}

/** Looks up answers by requests; made when the first request of a size comes. */
export class AnswerBook {
  readonly #answers = new Map<number, readonly string[]>();

  answerTo(request: string): string {
    const { id } = JSON.parse(request) as { readonly id: number };
    return this.#answersOf(request.length)[id]!;
  }

  #answersOf(size: number): readonly string[] {
    const known = this.#answers.get(size);
    if (known !== undefined) return known;
    const answers = makeAnswers(size);
    this.#answers.set(size, answers);
    return answers;
  }
}

function makeDocuments(size: number, seed: number): string[] {
  if (size < SHORTEST) throw new RangeError(`Cannot make documents: they need ${SHORTEST} bytes, got ${size}`);
  const next = pseudoRandom(size ^ seed);
  return Array.from({ length: DOCUMENTS }, (_, id) => makeDocument(id, size, next));
}

/** Names that repeat, identifiers and times that do not, and text. */
function makeDocument(id: number, size: number, next: () => number): string {
  const hexadecimal = () => next().toString(16).padStart(8, "0");
  const document = {
    id,
    key: hexadecimal() + hexadecimal(),
    author: { name: word(next), id: next() % 100_000 },
    created: new Date(1_760_000_000_000 + (next() % 1_000_000_000)).toISOString(),
    place: [(next() % 180_000) / 1000, (next() % 180_000) / 1000],
    text: "",
  };
  const room = size - JSON.stringify(document).length;
  while (document.text.length < room) document.text += `${word(next)} `;
  document.text = document.text.slice(0, room);
  return JSON.stringify(document);
}

function word(next: () => number): string {
  return WORDS[next() % WORDS.length]!;
}
