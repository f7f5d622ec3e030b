/** Reads what `perf script -F ip,sym,dso` prints: a line for each sample. */
import { basename } from "node:path";
import { type HotSpot, type Origin, shortAddress } from "./hot-spots.ts";

const LINE = /^\s*([0-9a-f]+) (.*) \((.+)\)$/;

/** A file that V8 writes with `--perf-basic-prof`, one line for each piece of compiled code. */
const JIT_MAP = /^perf-\d+\.map$/;

/** `JS:*name address:line:column`; the mark says which compiler it came from. */
const JIT_SYMBOL = /^(?:JS|LazyCompile|Function|Script|Eval):[*^+~]?(.*?) ?(\S+?):(\d+):\d+$/;

const GARBAGE_COLLECTION =
  /v8::internal::.*(?:Scaveng|MarkCompact|Marking|Sweep|Evacuat|GarbageCollect|Heap::|Concurrent|NewSpace|YoungGeneration)|cppgc/;

const LIBRARIES = /^(?:libc|libm|libpthread|ld-linux|ld-musl|libstdc\+\+|libgcc_s)\b|^\[vdso\]$/;

/** The samples of a text, one spot each. Lines that are no samples are skipped. */
export function readPerfScript(text: string): HotSpot[] {
  return text.split("\n").flatMap((line) => {
    const [, address, symbol, object] = LINE.exec(line) ?? [];
    return address === undefined ? [] : [spotOf(symbol!, basename(object!))];
  });
}

function spotOf(symbol: string, object: string): HotSpot {
  const origin = originOf(symbol, object);
  const name = symbol === "[unknown]" ? `unknown, in ${object}` : symbol;
  return { origin, name: origin === "JavaScript, compiled" ? jitName(name) : withoutArguments(name), samples: 1 };
}

function originOf(symbol: string, object: string): Origin {
  if (LIBRARIES.test(object)) return "libc";
  if (object.startsWith("[") && object !== "[unknown]") return "kernel";
  if (JIT_MAP.test(object)) return "JavaScript, compiled";
  if (object.endsWith(".ko")) return "kernel";
  if (object.endsWith(".node")) return "native add-ons";
  if (object !== "node" && object !== "bun" && !object.startsWith("libnode")) return "other";
  if (symbol.startsWith("Builtins_")) return "V8 builtins";
  return GARBAGE_COLLECTION.test(symbol) ? "garbage collector" : "runtime, C++";
}

function jitName(symbol: string): string {
  const [, name, address, line] = JIT_SYMBOL.exec(symbol) ?? [];
  if (address === undefined) return symbol;
  return `${name === "" ? "(anonymous)" : name} ${shortAddress(address)}:${line}`;
}

/** A template's parameters fill lines, and say little. */
function withoutArguments(symbol: string): string {
  return symbol.length > LONGEST_SYMBOL ? `${symbol.slice(0, LONGEST_SYMBOL)}…` : symbol;
}

const LONGEST_SYMBOL = 80;
