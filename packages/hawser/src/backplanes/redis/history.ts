/**
 * Histories in Redis, by the scripts: publications with a place, and pages of them.
 */

import type { HistoryLimits, HistoryPage, HistoryRequest, Receipt } from "../../pubsub/backplane.ts";
import { BackplaneError } from "../../pubsub/backplane.ts";
import { type Publication, type StoredPublication, stored } from "../../pubsub/publication.ts";
import { KeyWindow } from "../../pubsub/recent-keys.ts";
import { decodeWire, encodeWire } from "../../pubsub/wire-form.ts";
import { bufferOf } from "../buffer-of.ts";
import type { RedisArgument } from "./connection.ts";
import type { RedisNames } from "./names.ts";
import { PUBLISH, READ, type Script } from "./scripts.ts";

/** Runs a script. */
export type Evaluate = (script: Script, keys: readonly string[], args: readonly RedisArgument[]) => Promise<unknown>;

export interface HistoryHost {
  readonly names: RedisNames;
  readonly evaluate: Evaluate;
  /** `"PUBLISH"` or `"SPUBLISH"`. */
  readonly publishCommand: string;
  /** Names this process. */
  readonly self: string;
  /** A text never given before. */
  createEpoch(): string;
  rejected(reason: string): void;
}

/** Milliseconds for which the epoch of a topic is known after its last use: for topics where a week passes between two messages. */
const HEAD_AGE = 604_800_000;

const BRACE = 125;

export class RedisHistory {
  readonly #host: HistoryHost;

  constructor(host: HistoryHost) {
    this.#host = host;
  }

  async publish(publication: Publication, limits: HistoryLimits): Promise<Receipt> {
    const { names, self, publishCommand } = this.#host;
    const { topic, key } = publication;
    const wire = bufferOf(encodeWire(publication, self));
    const brace = wire.indexOf("\n") - 1;
    if (wire[brace] !== BRACE) throw new TypeError("the header of an envelope must end with a brace");
    const keys = [names.head(topic), names.log(topic), ...(key === undefined ? [] : [names.key(topic, key)])];
    const args = [
      ...this.#headArgs(limits),
      ...[publishCommand, names.channel(topic), wire.subarray(0, brace), wire.subarray(brace + 1)],
      ...[`${limits.maxCount}`, `${Math.ceil(limits.maxAge)}`, `${KeyWindow.MAX_AGE}`],
    ];
    const [epoch, offset, isKnown] = answerOf(await this.#host.evaluate(PUBLISH, keys, args));
    return { position: { epoch: String(epoch), offset: Number(offset) }, isDuplicate: isKnown === 1 };
  }

  async page(topic: string, limits: HistoryLimits, request: HistoryRequest): Promise<HistoryPage> {
    const { names } = this.#host;
    const wanted =
      "last" in request ? [`${request.last}`, "", "0"] : ["-1", request.since.epoch, `${request.since.offset}`];
    const args = [...this.#headArgs(limits), `${Math.ceil(limits.maxAge)}`, ...wanted];
    const answer = answerOf(await this.#host.evaluate(READ, [names.head(topic), names.log(topic)], args));
    const [epoch, offset, isComplete, wires] = [String(answer[0]), Number(answer[1]), answer[2] === 1, answer[3]];
    const publications = this.#publications(topic, epoch, offset, (wires as readonly Uint8Array[]).toReversed());
    if (publications === undefined) return { epoch, offset, publications: [], isComplete: "last" in request };
    return { epoch, offset, publications, isComplete };
  }

  #headArgs({ maxAge }: HistoryLimits): readonly string[] {
    return [this.#host.createEpoch(), `${Math.ceil(Math.max(HEAD_AGE, 2 * maxAge))}`];
  }

  /** `undefined` if others wrote into the stream what has no place there. */
  #publications(
    topic: string,
    epoch: string,
    last: number,
    wires: readonly Uint8Array[],
  ): readonly StoredPublication[] | undefined {
    const publications: StoredPublication[] = [];
    for (const [index, wire] of wires.entries()) {
      const message = decodeWire(topic, wire);
      const offset = last - wires.length + index + 1;
      if ("fault" in message || message.position?.epoch !== epoch || message.position.offset !== offset) {
        const reason = "fault" in message ? message.fault : `its offset must be ${offset} in this epoch`;
        this.#host.rejected(`${topic}: what stands in its stream is no history: ${reason}`);
        return undefined;
      }
      publications.push(stored(message.publication, message.position));
    }
    return publications;
  }
}

function answerOf(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new BackplaneError("FAILED", "Redis answered a script with something that is no array");
}
