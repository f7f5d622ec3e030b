/** Where samples of a process fall: sorted into a few origins, and counted by function. Knows nothing of how they were taken. */

/** Whose code a sample was in. */
export type Origin =
  | "kernel"
  | "runtime, C++"
  | "V8 builtins"
  | "JavaScript, compiled"
  | "garbage collector"
  | "libc"
  | "native add-ons"
  | "native code and kernel"
  | "other";

/** In the order in which tables show them. */
export const ORIGINS: readonly Origin[] = [
  "kernel",
  "runtime, C++",
  "V8 builtins",
  "JavaScript, compiled",
  "garbage collector",
  "libc",
  "native add-ons",
  "native code and kernel",
  "other",
];

/** A function, and how many samples fell into it. */
export interface HotSpot {
  readonly origin: Origin;
  readonly name: string;
  readonly samples: number;
}

/** Adds samples of the same function, and puts the hottest first. */
export function addUp(spots: Iterable<HotSpot>): HotSpot[] {
  const sums = new Map<string, HotSpot>();
  for (const spot of spots) {
    const key = `${spot.origin} ${spot.name}`;
    sums.set(key, { ...spot, samples: spot.samples + (sums.get(key)?.samples ?? 0) });
  }
  return [...sums.values()].sort((left, right) => right.samples - left.samples);
}

/** The share of all samples that fell into each origin; those without any are left out. */
export function sharesOf(spots: readonly HotSpot[]): ReadonlyMap<Origin, number> {
  const all = totalOf(spots);
  const shares = ORIGINS.map(
    (origin) => [origin, totalOf(spots.filter((spot) => spot.origin === origin)) / all] as const,
  );
  return new Map(shares.filter(([, share]) => share > 0));
}

/** All samples. */
export function totalOf(spots: readonly HotSpot[]): number {
  return spots.reduce((sum, { samples }) => sum + samples, 0);
}

/** A source's address without the folders that are one machine's own. */
export function shortAddress(address: string): string {
  if (!address.includes("/") || address.startsWith("node:")) return address;
  return address.split("/").slice(-2).join("/");
}
