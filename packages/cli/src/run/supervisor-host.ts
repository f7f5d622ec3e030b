/** What a supervisor has of the world. */

import type { Clock } from "./clock.ts";
import type { Journal } from "./journal.ts";
import type { Launch } from "./worker.ts";

export interface SupervisorHost {
  readonly clock: Clock;
  readonly random: () => number;
  readonly launch: Launch;
  readonly journal: Journal;
  /** Where connections come from. */
  readonly places: SupervisedPlaces;
}

export interface SupervisedPlaces {
  /** Workers before this generation get connections only if there are no others. */
  prefer(oldest: number): void;
  /** Nothing is accepted any more. */
  close(): void;
}
