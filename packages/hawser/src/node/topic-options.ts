/**
 * The options of topics, as their user gives them, and the settings they become.
 */

import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { checkWord } from "./option-checks.ts";

/** What happens to a subscriber that does not keep up. */
export type SlowSubscriberPolicy = "close" | "skip" | "conflate";

/** The options of a topic. */
export interface TopicOptions {
  /**
   * What happens to a subscriber that does not keep up.
   *
   * `"close"`: it is closed with 1013. `"skip"`: it does not get this message. Who is slow is said by `maxBuffered` and `stall` of
   * the option `slowConsumer`.
   *
   * `"conflate"`: of what is published while more than `writeLimit` waits for it, it gets the latest alone, once it has taken the
   * rest: for topics of which only the current value matters.
   *
   * @default the policy of the option `slowConsumer`
   */
  readonly slowSubscriber?: SlowSubscriberPolicy;
}

/**
 * The option `topics`: one set of options for all topics, or a function from a topic's name to its own; `undefined` stands for
 * the defaults. The function should return the same object for topics that are alike: what is made of it is kept by that object.
 */
export type TopicsOption = TopicOptions | ((topic: string) => TopicOptions | undefined);

/** What a topic goes by, resolved. */
export interface TopicSettings {
  /** `undefined`: as every broadcast of the server. */
  readonly slowSubscriber: SlowSubscriberPolicy | undefined;
}

const TOPIC_OPTIONS = ["slowSubscriber"] as const satisfies readonly (keyof TopicOptions)[];

/**
 * From a topic's name to its settings. `serverPolicy`: what the server does with slow receivers of broadcasts.
 *
 * @throws {TypeError | RangeError} for an unknown option or a value that is not allowed: at once for one set of options, else
 * when a topic is used.
 */
export function resolveTopics(
  option: TopicsOption | undefined,
  serverPolicy: SlowSubscriberPolicy,
): (topic: string) => TopicSettings {
  const known: WeakMap<TopicOptions, TopicSettings> = new WeakMap();
  const resolve = (options: TopicOptions, name: string) => {
    let settings = known.get(options);
    if (settings === undefined) {
      settings = resolveTopic(options, serverPolicy, name);
      known.set(options, settings);
    }
    return settings;
  };
  if (typeof option === "function") return (topic) => resolve(option(topic) ?? DEFAULTS, `topics(${quoted(topic)})`);
  const settings = resolve(option === undefined ? DEFAULTS : checkObject(option, "topics"), "topics");
  return () => settings;
}

const DEFAULTS: TopicOptions = {};

function resolveTopic(options: TopicOptions, serverPolicy: SlowSubscriberPolicy, name: string): TopicSettings {
  refuseUnknownOptions(`Cannot serve: in ${name}`, checkObject(options, name), TOPIC_OPTIONS);
  const policy = options.slowSubscriber ?? serverPolicy;
  checkWord("serve", `${name}.slowSubscriber`, policy, ["close", "skip", "conflate"]);
  return { slowSubscriber: policy === serverPolicy ? undefined : policy };
}

function checkObject<Options extends object>(options: Options, name: string): Options {
  if (typeof options === "object" && options !== null) return options;
  throw new TypeError(`Cannot serve: ${name} must be an object of options, got ${String(options)}`);
}

function quoted(topic: string): string {
  return JSON.stringify(topic);
}
