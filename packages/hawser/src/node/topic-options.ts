/**
 * The options of topics, as their user gives them, and the settings they become.
 */

import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { HistoryLimits } from "../pubsub/backplane.ts";
import type { Data } from "./data.ts";
import { checkCount, checkDuration, checkFunction, checkWord } from "./option-checks.ts";

/** What happens to a subscriber that does not keep up. */
export type SlowSubscriberPolicy = "close" | "skip" | "conflate";

/** A message of a topic, on its way to the subscribers. */
export interface TopicMessage {
  readonly topic: string;
  /** What was published. Bytes must not be changed. */
  readonly data: string | Uint8Array;
  /** Where it stands in the history; `undefined` without one, and for what was published while the engine was away. */
  readonly epoch: string | undefined;
  readonly offset: number | undefined;
}

/** Publications of a topic were lost, in this process: what its subscribers get next does not follow what they had. */
export interface TopicLoss {
  readonly topic: string;
  /** What they get next follows this. */
  readonly epoch: string;
  readonly offset: number;
}

/** How much of a topic is kept. */
export interface TopicHistoryOptions {
  /**
   * Publications. They are memory: of this process, or of the engine.
   *
   * @default 100
   */
  readonly maxCount?: number;
  /**
   * Milliseconds for which a publication is kept.
   *
   * @default 300_000
   */
  readonly maxAge?: number;
}

/** A member of a topic. */
export interface PresenceMember {
  /** The `id` of its connection. */
  readonly id: string;
  /** What it subscribed with, through JSON. */
  readonly data: unknown;
}

/** A member came or went. */
export interface PresenceEvent {
  readonly type: "join" | "leave";
  readonly topic: string;
  readonly member: PresenceMember;
}

/** Who is there. */
export interface TopicPresenceOptions {
  /**
   * Milliseconds after which the members of a process are gone of which nothing is heard: it says three times as often that
   * they are there.
   *
   * @default 60_000
   */
  readonly ttl?: number;
  /**
   * Called in every process that has subscribers of the topic, once for each member that comes or goes; what it returns is sent
   * to the topic's subscribers in this process.
   */
  readonly announce?: (event: PresenceEvent) => Data | undefined;
}

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
  /** Keeps the latest publications, so that whoever comes back gets what it missed. `true`: as much as by default. */
  readonly history?: boolean | TopicHistoryOptions;
  /** Keeps who is there. `true`: as by default, and nobody is told. */
  readonly presence?: boolean | TopicPresenceOptions;
  /**
   * Makes the message that subscribers get, for instance one that tells its offset. Called once for each publication in each
   * process, and again for those who recover it: the same must come out.
   *
   * @default what was published, as it is
   */
  readonly format?: (message: TopicMessage) => Data;
  /**
   * Called when publications of a topic with a history were lost that could not be recovered; what it returns is sent to the
   * topic's subscribers in this process. Without it, the offsets tell.
   */
  readonly lost?: (loss: TopicLoss) => Data | undefined;
}

/**
 * The option `topics`: one set of options for all topics, or a function from a topic's name to its own; `undefined` stands for
 * the defaults. The function should return the same object for topics that are alike: what is made of it is kept by that object.
 */
export type TopicsOption = TopicOptions | ((topic: string) => TopicOptions | undefined);

/** The defaults, and why they are what they are. */
export const TopicDefaults = {
  /** A screen or two of a chat. */
  HISTORY_COUNT: 100,
  /** Longer than a reload, a tunnel or a rolling restart takes. */
  HISTORY_AGE: 300_000,
  /** Two heartbeats may be lost; whoever waits for the dead to go waits a minute. */
  PRESENCE_TTL: 60_000,
} as const;

/** What a topic goes by, resolved. */
export interface TopicSettings {
  /** `undefined`: as every broadcast of the server. */
  readonly slowSubscriber: SlowSubscriberPolicy | undefined;
  readonly history: HistoryLimits | undefined;
  readonly presence: PresenceSettings | undefined;
  readonly format: TopicOptions["format"];
  readonly lost: TopicOptions["lost"];
}

export interface PresenceSettings {
  readonly ttl: number;
  readonly announce: TopicPresenceOptions["announce"];
}

const TOPIC_OPTIONS = [
  "slowSubscriber",
  "history",
  "presence",
  "format",
  "lost",
] as const satisfies readonly (keyof TopicOptions)[];

const ACTION = "serve";

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
    let settings = known.get(checkObject(options, name));
    if (settings === undefined) {
      settings = resolveTopic(options, serverPolicy, name);
      known.set(options, settings);
    }
    return settings;
  };
  if (typeof option === "function") {
    return (topic) => resolve(option(topic) ?? DEFAULTS, `topics(${JSON.stringify(topic)})`);
  }
  const settings = resolve(option === undefined ? DEFAULTS : option, "topics");
  return () => settings;
}

const DEFAULTS: TopicOptions = {};

function resolveTopic(options: TopicOptions, serverPolicy: SlowSubscriberPolicy, name: string): TopicSettings {
  refuseUnknownOptions(`Cannot ${ACTION}: in ${name}`, options, TOPIC_OPTIONS);
  const policy = options.slowSubscriber ?? serverPolicy;
  checkWord(ACTION, `${name}.slowSubscriber`, policy, ["close", "skip", "conflate"]);
  return {
    slowSubscriber: policy === serverPolicy ? undefined : policy,
    history: resolveHistory(options.history ?? false, `${name}.history`),
    presence: resolvePresence(options.presence ?? false, `${name}.presence`),
    format: checkFunction(ACTION, `${name}.format`, options.format),
    lost: checkFunction(ACTION, `${name}.lost`, options.lost),
  };
}

function resolveHistory(option: boolean | TopicHistoryOptions, name: string): HistoryLimits | undefined {
  if (option === false) return undefined;
  const options = option === true ? {} : checkObject(option, name);
  refuseUnknownOptions(`Cannot ${ACTION}: in ${name}`, options, ["maxCount", "maxAge"]);
  const maxCount = checkCount(ACTION, `${name}.maxCount`, options.maxCount ?? TopicDefaults.HISTORY_COUNT);
  return { maxCount, maxAge: checkDuration(ACTION, `${name}.maxAge`, options.maxAge ?? TopicDefaults.HISTORY_AGE) };
}

function resolvePresence(option: boolean | TopicPresenceOptions, name: string): PresenceSettings | undefined {
  if (option === false) return undefined;
  const options = option === true ? {} : checkObject(option, name);
  refuseUnknownOptions(`Cannot ${ACTION}: in ${name}`, options, ["ttl", "announce"]);
  return {
    ttl: checkDuration(ACTION, `${name}.ttl`, options.ttl ?? TopicDefaults.PRESENCE_TTL),
    announce: checkFunction(ACTION, `${name}.announce`, options.announce),
  };
}

function checkObject<Options extends object>(options: Options, name: string): Options {
  if (typeof options === "object" && options !== null) return options;
  throw new TypeError(`Cannot ${ACTION}: ${name} must be an object of options, got ${String(options)}`);
}
