import type { FrameworkId } from '../../contract';
import type { Target } from '../engine';
import type { AppLog } from '../supervisor/app-log';
import { proveBokeh, provePanel } from './bokeh-proof';
import { proveCommand } from './command-proof';
import { proveDash } from './dash-proof';
import { proveStatic } from './static-proof';
import { proveStreamlit } from './streamlit-proof';
import { proveVoila } from './voila-proof';

/** A running app that has to show that it works. */
export interface ProofInput {
  target: Target;
  /** Path of the version, with slashes at both ends. */
  prefix: string;
  /** Absolute folder of the version's files. */
  files: string;
  /** What it was started with, relative to that folder; `.` for the folder itself. */
  entry: string;
  /** Python that it runs in. */
  python: string;
  log: AppLog;
  timeoutMs: number;
  signal: AbortSignal;
}

const PROOFS: Record<FrameworkId, (input: ProofInput) => Promise<string[]>> = {
  voila: proveVoila,
  streamlit: proveStreamlit,
  dash: proveDash,
  panel: provePanel,
  bokeh: proveBokeh,
  static: proveStatic,
  command: proveCommand
};

/**
 * Runs an app once as its first viewer would, to the end.
 *
 * @returns warnings for the author.
 * @throws ProblemError `app_failed`
 */
export function prove(framework: FrameworkId, input: ProofInput): Promise<string[]> {
  return PROOFS[framework](input);
}
