/** Reads a profile of V8's own profiler: JavaScript by function, and everything native, the kernel included, as one. */
import { type HotSpot, type Origin, shortAddress } from "./hot-spots.ts";

/** What is used of the inspector's `Profiler.Profile`. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly hitCount?: number;
  }[];
}

/** Functions of the profiler's own that stand for something else. */
const SPECIAL: Readonly<Record<string, Origin | undefined>> = {
  "(program)": "native code and kernel",
  "(garbage collector)": "garbage collector",
};

/** The samples by function; those of a waiting process are left out. */
export function readCpuProfile({ nodes }: CpuProfile): HotSpot[] {
  return nodes.flatMap(({ callFrame: { functionName, url, lineNumber }, hitCount = 0 }) => {
    if (hitCount === 0 || functionName === "(idle)" || functionName === "(root)") return [];
    const special = SPECIAL[functionName];
    if (special !== undefined) return [{ origin: special, name: functionName, samples: hitCount }];
    // A function without an address is a native one that JavaScript calls
    if (url === "") return [{ origin: "native code and kernel", name: functionName || "(native)", samples: hitCount }];
    const name = `${functionName || "(anonymous)"} ${shortAddress(url)}:${lineNumber + 1}`;
    return [{ origin: "JavaScript, compiled", name, samples: hitCount }];
  });
}
