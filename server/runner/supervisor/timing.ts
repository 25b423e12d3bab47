/** How long things may take, in ms. */
export interface EngineTiming {
  /** From an app's start to its first answer. */
  readyMs: number;
  /** First run of an app after a publish. */
  proofMs: number;
  /** An old version that nobody has used for so long is ended. */
  drainQuietMs: number;
  /** Longest time between a new live version and the moment when the old one lets nobody in any more. */
  drainMs: number;
  /** From then on for downloads and uploads that have begun. */
  transferMs: number;
  /** Without a viewer until a version that was opened by its own link is ended. */
  idleMs: number;
  /** Between asking processes to end and ending them. */
  killMs: number;
}

export const DEFAULT_TIMING: EngineTiming = {
  readyMs: 60_000,
  proofMs: 300_000,
  // Pages of Dash hold no connection while their reader thinks.
  drainQuietMs: 30_000,
  drainMs: 60_000,
  transferMs: 600_000,
  idleMs: 300_000,
  // Frameworks that take their time to end have nothing to save by then, and somebody waits for the end.
  killMs: 400
};
