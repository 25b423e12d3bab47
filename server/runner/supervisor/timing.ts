/** How long things may take, in ms. */
export interface EngineTiming {
  /** From an app's start to its first answer. */
  readyMs: number;
  /** First run of an app after a publish. */
  proofMs: number;
  /** Shortest and longest time between a new live version and the end of the old one. */
  drainLeastMs: number;
  drainMs: number;
  /** Without a viewer until a version that was opened by its own link is ended. */
  idleMs: number;
  /** Between asking processes to end and ending them. */
  killMs: number;
}

export const DEFAULT_TIMING: EngineTiming = {
  readyMs: 60_000,
  proofMs: 300_000,
  drainLeastMs: 2_000,
  drainMs: 60_000,
  idleMs: 300_000,
  // Frameworks that take their time to end have nothing to save by then, and somebody waits for the end.
  killMs: 400
};
