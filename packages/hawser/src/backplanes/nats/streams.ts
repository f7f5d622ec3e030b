/**
 * Streams that are there when they are needed, with limits at least as wide as asked.
 */

import type { JetStreamApi, StreamConfig } from "./jetstream-api.ts";

export class Streams {
  readonly #api: JetStreamApi;
  readonly #known: Map<string, Promise<StreamConfig>> = new Map();

  constructor(api: JetStreamApi) {
    this.#api = api;
  }

  async ensure(wanted: StreamConfig): Promise<void> {
    const { name } = wanted;
    for (;;) {
      const known = this.#known.get(name) ?? this.#hold(name, this.#create(wanted));
      const config = await known;
      if (isWideEnough(config, wanted)) return;
      // One after another: the last answer must not be that to a narrower question
      if (this.#known.get(name) === known) this.#hold(name, this.#widen(config, wanted));
    }
  }

  #hold(name: string, config: Promise<StreamConfig>): Promise<StreamConfig> {
    this.#known.set(name, config);
    config.catch(() => {
      if (this.#known.get(name) === config) this.#known.delete(name);
    });
    return config;
  }

  /** Another process may have been quicker, and with other limits. */
  async #create(wanted: StreamConfig): Promise<StreamConfig> {
    const existing = await this.#api.stream(wanted.name);
    if (existing !== undefined) return existing;
    try {
      await this.#api.create(wanted);
      return wanted;
    } catch (error) {
      const other = await this.#api.stream(wanted.name);
      if (other === undefined) throw error;
      return other;
    }
  }

  async #widen(known: StreamConfig, wanted: StreamConfig): Promise<StreamConfig> {
    // Another process may have widened it since
    const config = (await this.#api.stream(wanted.name)) ?? known;
    const wider = {
      ...config,
      max_msgs_per_subject: Math.max(config.max_msgs_per_subject, wanted.max_msgs_per_subject),
      max_age: Math.max(config.max_age, wanted.max_age),
    };
    await this.#api.update(wider);
    return wider;
  }
}

function isWideEnough(config: StreamConfig, wanted: StreamConfig): boolean {
  return config.max_msgs_per_subject >= wanted.max_msgs_per_subject && config.max_age >= wanted.max_age;
}
