/** Listen: connections that say nothing, and count what they are told. */

import type { Activity, Stretch } from "./crew.ts";
import { until } from "./waiting.ts";

export class Listen implements Activity {
  receive(): void {}

  run({ end }: Stretch): Promise<void> {
    return until(end);
  }
}
