/** Deployments for tests, read as the command reads them: from flags alone, in an empty folder. */

import { type Deployment, readDeployment } from "../../src/generate/configuration.ts";
import { temporaryFolder } from "./folder.ts";

/** By the names of the options, as flags would say them. */
export function deployment(flags: Readonly<Record<string, string>> = {}): Deployment {
  return readDeployment({ flags: { name: "chat", ...flags }, folder: temporaryFolder(), path: undefined });
}
