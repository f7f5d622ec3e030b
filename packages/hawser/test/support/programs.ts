/**
 * Suites that talk to a program outside npm. `npm test` installs the programs where it can and says what is missing;
 * a suite whose program is missing is skipped by name, or fails where `CI=true`.
 *
 * @module
 */

import { describe, test } from "vitest";
import { isPresent, MISSING_VARIABLE, type ProgramName, SYSTEM_PROGRAMS } from "../../../../tools/system-programs.mjs";

export type { ProgramName };

/**
 * A suite that needs a system program.
 *
 * @param program a name in the table of `tools/system-programs.mjs`
 */
export function describeWith(program: ProgramName, name: string, suite: () => void): void {
  if (!isMissing(program)) {
    describe(name, suite);
    return;
  }
  const message = `${program} is missing: apt-get install ${SYSTEM_PROGRAMS[program].package}`;
  if (process.env["CI"] === "true") {
    test(`${name} (needs ${program})`, () => {
      throw new Error(message);
    });
    return;
  }
  console.warn(`*** SKIPPED: ${name}: ${message}`);
  describe.skipIf(true)(`${name} (${message})`, suite);
}

/** As `npm test` found out; who starts vitest by hand has it looked up. */
function isMissing(program: ProgramName): boolean {
  const missing = process.env[MISSING_VARIABLE];
  return missing === undefined ? !isPresent(program) : missing.split(",").includes(program);
}
