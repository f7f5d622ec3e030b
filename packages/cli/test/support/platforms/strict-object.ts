/**
 * Finds keys that a validator never asked for: schemas of Kubernetes accept what they don't know, so that a misspelt key
 * passes them.
 */

/** What was asked of one object. */
interface Asked {
  readonly value: object;
  readonly path: string;
  readonly keys: Set<string>;
}

/**
 * Runs `validate` on a watched copy.
 *
 * @returns sentences about keys that are there and were never read; objects of which nothing was read are free-form
 */
export function unreadKeys(value: object, validate: (watched: object) => void): readonly string[] {
  const all: Asked[] = [];
  validate(watch(value, "", all));
  return all.flatMap(({ value: one, path, keys }) => {
    if (keys.size === 0 || Array.isArray(one)) return [];
    return Object.keys(one)
      .filter((key) => !keys.has(key))
      .map((key) => `${path}/${key} is no known key`);
  });
}

function watch(value: object, path: string, all: Asked[]): object {
  const asked: Asked = { value, path, keys: new Set() };
  const children = new Map<string, object>();
  all.push(asked);
  return new Proxy(value, {
    get(target, key, receiver) {
      const found: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol") return found;
      asked.keys.add(key);
      if (typeof found !== "object" || found === null) return found;
      const child = children.get(key) ?? watch(found, `${path}/${key}`, all);
      children.set(key, child);
      return child;
    },
  });
}
