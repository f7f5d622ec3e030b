/**
 * The options that both suites take.
 */

import { type Case, DEFAULT_LIMITS, type Limits, type Profile } from "./case.ts";

export interface SuiteOptions {
  /**
   * Which outcomes are accepted.
   *
   * @default "strict"
   */
  readonly profile?: Profile;
  /** Only cases whose id contains this text. */
  readonly only?: string;
  /**
   * Bytes of the largest message that the endpoint under test takes.
   *
   * @default 1_048_576
   */
  readonly maxSize?: number;
  /**
   * Frames in one message that it takes.
   *
   * @default 131_072
   */
  readonly maxFragments?: number;
  /**
   * Milliseconds to wait for something that must come; five times as long for replies.
   *
   * @default 2_000
   */
  readonly timeout?: number;
  /**
   * Cases run at the same time.
   *
   * @default 16
   */
  readonly concurrency?: number;
}

export interface SuiteSettings {
  readonly profile: Profile;
  readonly only: string;
  readonly limits: Limits;
  readonly timeout: number;
  readonly concurrency: number;
}

export function resolveOptions(options: SuiteOptions): SuiteSettings {
  return {
    profile: options.profile ?? "strict",
    only: options.only ?? "",
    limits: {
      maxSize: options.maxSize ?? DEFAULT_LIMITS.maxSize,
      maxFragments: options.maxFragments ?? DEFAULT_LIMITS.maxFragments,
    },
    timeout: options.timeout ?? 2_000,
    concurrency: options.concurrency ?? 16,
  };
}

/** The cases that a run with these settings consists of. */
export function selectCases(cases: readonly Case[], { profile, only }: SuiteSettings): Case[] {
  return cases.filter(({ id, strict }) => id.includes(only) && (profile === "strict" || !strict));
}
