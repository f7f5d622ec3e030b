/** The table of targets: a new one is a module of its own and a line here. */

import type { Target } from "../target.ts";

export const TARGETS: readonly Target[] = [];
