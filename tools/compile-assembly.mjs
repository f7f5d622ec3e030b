/**
 * Compiles what is written in AssemblyScript to WebAssembly, and writes the modules as text into the library's sources.
 *
 * The result is committed, so that neither the tests nor a user's build needs the compiler. `--check` fails if it is out of
 * date, and writes nothing.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { binaryOf, capture, command, StepError, say } from "./steps/run.mjs";
import { root, shown } from "./steps/workspace.mjs";

const UPDATE = "node tools/compile-assembly.mjs";

/**
 * @typedef {object} Assembly
 * @property {string} source from the root
 * @property {string} target the file that is written, from the root
 * @property {string} name of the constant in it
 * @property {string} describes what it is, for its comment
 * @property {number} pages of 64 KiB that its memory has; it never grows
 */

/** @type {readonly Assembly[]} */
const ASSEMBLIES = [
  {
    source: "packages/hawser/assembly/mask.ts",
    target: "packages/hawser/src/bytes/vector-module.ts",
    name: "VECTOR_MODULE",
    describes: "Masking with vector instructions",
    pages: 5,
  },
  {
    source: "packages/hawser/assembly/deflate/index.ts",
    target: "packages/hawser/src/deflate/codec-module.ts",
    name: "CODEC_MODULE",
    describes: "The DEFLATE codec",
    pages: 76,
  },
];

/**
 * @param {Assembly} assembly
 * @returns {Buffer} the module
 */
export function compile({ source, pages }) {
  const folder = mkdtempSync(join(tmpdir(), "assembly-"));
  try {
    const output = join(folder, "module.wasm");
    const memory = ["--initialMemory", String(pages), "--maximumMemory", String(pages)];
    const options = ["--runtime", "stub", "--noAssert", "-O3", "--converge", "--enable", "simd", ...memory];
    const compiler = [...binaryOf("assemblyscript", "asc"), join(root, source), ...options, "--outFile", output];
    const result = capture(process.execPath, compiler);
    if (!result.ok) throw new StepError(`${source} does not compile:\n${result.output}`);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The text of the file that holds a module.
 *
 * @param {Assembly} assembly
 * @param {Uint8Array} module
 * @returns {string}
 */
export function moduleFile({ source, name, describes }, module) {
  const lines = Buffer.from(module)
    .toString("base64")
    .match(/.{1,112}/g);
  const text = (lines ?? []).map((line) => `  "${line}"`).join(" +\n");
  return `/**
 * ${describes}: a WebAssembly module in base64, compiled from \`${source}\` by
 * \`${UPDATE}\`; do not edit.
 */
export const ${name}: string =
${text};
`;
}

/** @returns {string[]} what is out of date */
export function checkAssembly() {
  return ASSEMBLIES.filter((assembly) => !isCurrent(assembly)).map(
    ({ target }) => `${target} is not what its source compiles to; ${UPDATE} writes it`,
  );
}

/**
 * @param {Assembly} assembly
 * @returns {boolean}
 */
function isCurrent(assembly) {
  const path = join(root, assembly.target);
  return existsSync(path) && readFileSync(path, "utf8") === moduleFile(assembly, compile(assembly));
}

function update() {
  for (const assembly of ASSEMBLIES) {
    const path = join(root, assembly.target);
    writeFileSync(path, moduleFile(assembly, compile(assembly)));
    say(`Wrote ${shown(path)}.`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await command(() => {
    if (!process.argv.includes("--check")) return update();
    const problems = checkAssembly();
    if (problems.length > 0) throw new StepError(problems.join("\n"));
  });
}
