/** What one run of one workload on one server yields. */
export interface Figure {
  /** The row that it belongs to. */
  readonly row: string;
  /** In the row's unit. */
  readonly value: number;
  /** Circumstances, for result files: how busy each side was (share of a core), bytes for each reply, and the like. */
  readonly circumstances: Readonly<Record<string, number>>;
}

/** How runs are made, the same for every peer. */
export interface MeasureSettings {
  /** Length of the measured window (s). */
  readonly seconds: number;
  /** Load before the window, not counted (s). */
  readonly warmUp: number;
  /** Connections of the idle workloads. */
  readonly idleConnections: number;
}
