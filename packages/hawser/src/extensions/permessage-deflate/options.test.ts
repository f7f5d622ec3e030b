import { describe, expect, test } from "vitest";
import {
  type PerMessageDeflateOptions,
  resolveClientOptions,
  resolveServerOptions,
  resolveWindowRules,
} from "./options.ts";

const DEFAULT_EFFORT = { level: 6, memLevel: 5, strategy: "default", threshold: 32 };

test("a server's defaults", () => {
  expect(resolveServerOptions({})).toEqual({
    wishes: {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 12,
      clientMaxWindowBits: 12,
      requireClientMaxWindowBits: false,
    },
    effort: DEFAULT_EFFORT,
  });
});

test("a client's defaults", () => {
  expect(resolveClientOptions({})).toEqual({
    offer: {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: undefined,
      clientMaxWindowBits: true,
    },
    effort: DEFAULT_EFFORT,
  });
});

test("a server takes every option", () => {
  const options = {
    serverMaxWindowBits: 8,
    clientMaxWindowBits: 15,
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    requireClientMaxWindowBits: true,
    memLevel: 9,
    level: 1,
    strategy: "filtered",
    threshold: 0,
  } as const;
  const { wishes, effort } = resolveServerOptions(options);
  expect({ ...wishes, ...effort }).toEqual(options);
});

test("a client takes every option but one", () => {
  const options = {
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 8,
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    memLevel: 1,
    level: 9,
    strategy: "huffmanOnly",
    threshold: 1_024,
  } as const;
  const { offer, effort } = resolveClientOptions({ ...options, requireClientMaxWindowBits: false });
  expect({ ...offer, ...effort }).toEqual(options);
});

test("null is no wish", () => {
  const options = { serverMaxWindowBits: null, clientMaxWindowBits: null };
  const none = { serverMaxWindowBits: undefined, clientMaxWindowBits: undefined };
  expect(resolveServerOptions(options).wishes).toMatchObject(none);
  expect(resolveClientOptions(options).offer).toMatchObject(none);
});

const ACTION = "Cannot set up permessage-deflate";

describe.each([
  ["a server", resolveServerOptions],
  ["a client", resolveClientOptions],
] as const)("%s refuses", (_name, resolve) => {
  test.each<[object, Error]>([
    [{ treshold: 1 }, new TypeError(`${ACTION}: there is no option "treshold", did you mean "threshold"?`)],
    [{ memlevel: 1 }, new TypeError(`${ACTION}: there is no option "memlevel", did you mean "memLevel"?`)],
    [{ level: 0 }, new RangeError(`${ACTION}: level must be an integer from 1 to 9, got 0`)],
    [{ level: 10 }, new RangeError(`${ACTION}: level must be an integer from 1 to 9, got 10`)],
    [{ memLevel: 1.5 }, new RangeError(`${ACTION}: memLevel must be an integer from 1 to 9, got 1.5`)],
    [{ memLevel: "5" }, new TypeError(`${ACTION}: memLevel must be an integer from 1 to 9, got "5"`)],
    [
      { threshold: -1 },
      new RangeError(`${ACTION}: threshold must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}, got -1`),
    ],
    [
      { strategy: "best" },
      new TypeError(`${ACTION}: strategy must be one of default, filtered, huffmanOnly, rle, fixed, got "best"`),
    ],
    [
      { serverMaxWindowBits: 7 },
      new RangeError(`${ACTION}: serverMaxWindowBits must be an integer from 8 to 15, got 7`),
    ],
    [
      { serverMaxWindowBits: true },
      new TypeError(`${ACTION}: serverMaxWindowBits must be an integer from 8 to 15, got true`),
    ],
    [
      { clientMaxWindowBits: 16 },
      new RangeError(`${ACTION}: clientMaxWindowBits must be an integer from 8 to 15, got 16`),
    ],
    [
      { clientMaxWindowBits: Number.NaN },
      new RangeError(`${ACTION}: clientMaxWindowBits must be an integer from 8 to 15, got NaN`),
    ],
    [{ serverNoContextTakeover: 1 }, new TypeError(`${ACTION}: serverNoContextTakeover must be true or false, got 1`)],
    [
      { requireClientMaxWindowBits: null },
      new TypeError(`${ACTION}: requireClientMaxWindowBits must be true or false, got null`),
    ],
  ])("%j", (options, error) => {
    expect(() => resolve(options as PerMessageDeflateOptions)).toThrow(error);
    expect(() => resolve(options as PerMessageDeflateOptions)).toThrow(error.constructor as ErrorConstructor);
  });
});

test("a server refuses clientMaxWindowBits: true", () => {
  expect(() => resolveServerOptions({ clientMaxWindowBits: true })).toThrow(TypeError);
});

test("a server refuses to require a window that it has no wish for", () => {
  expect(() => resolveServerOptions({ clientMaxWindowBits: null, requireClientMaxWindowBits: true })).toThrow(
    new TypeError(`${ACTION}: requireClientMaxWindowBits needs clientMaxWindowBits to be a number, got null`),
  );
});

test("a client refuses requireClientMaxWindowBits", () => {
  expect(() => resolveClientOptions({ requireClientMaxWindowBits: true })).toThrow(
    new TypeError(`${ACTION}: requireClientMaxWindowBits is for servers, a client cannot use it, got true`),
  );
});

describe("the rules for windows", () => {
  test.each<[PerMessageDeflateOptions, ReturnType<typeof resolveWindowRules>]>([
    [{}, { coldAfter: 60_000, memoryBudget: Number.POSITIVE_INFINITY }],
    [{ coldAfter: null }, { coldAfter: Number.POSITIVE_INFINITY, memoryBudget: Number.POSITIVE_INFINITY }],
    [
      { coldAfter: 0.5, memoryBudget: 0 },
      { coldAfter: 0.5, memoryBudget: 0 },
    ],
    [{ memoryBudget: Number.POSITIVE_INFINITY }, { coldAfter: 60_000, memoryBudget: Number.POSITIVE_INFINITY }],
  ])("%j", (options, rules) => {
    expect(resolveWindowRules(options)).toEqual(rules);
    // Those are options among the others
    expect(() => [resolveServerOptions(options), resolveClientOptions(options)]).not.toThrow();
  });

  const duration = `${ACTION}: coldAfter must be a positive number of milliseconds or null`;
  const limit = `${ACTION}: memoryBudget must be an integer of at least 0, or Infinity`;
  test.each<[object, Error]>([
    [{ coldAfter: 0 }, new RangeError(`${duration}, got 0`)],
    [{ coldAfter: Number.POSITIVE_INFINITY }, new RangeError(`${duration}, got Infinity`)],
    [{ coldAfter: Number.NaN }, new RangeError(`${duration}, got NaN`)],
    [{ coldAfter: "1s" }, new TypeError(`${duration}, got "1s"`)],
    [{ memoryBudget: -1 }, new RangeError(`${limit}, got -1`)],
    [{ memoryBudget: 1.5 }, new RangeError(`${limit}, got 1.5`)],
    [{ memoryBudget: null }, new TypeError(`${limit}, got null`)],
  ])("%j is refused", (options, error) => {
    expect(() => resolveWindowRules(options as PerMessageDeflateOptions)).toThrow(error);
    expect(() => resolveWindowRules(options as PerMessageDeflateOptions)).toThrow(
      error.constructor as ErrorConstructor,
    );
  });
});
