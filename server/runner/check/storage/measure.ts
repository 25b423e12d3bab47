import { problemOf } from '../../../problem-error';
import { failed, warning, type Result } from './attempt';
import { inMegabytes } from './made-up-project';

export const PATIENCE_MS = 60_000;

/** Two versions of one project. */
export interface Measured {
  /** What goes before the number of versions: `1,000 files of 50 MB together`. */
  size: string;
  /** Between the two. */
  change(): Promise<void>;
  publish(version: number, signal: AbortSignal): Promise<void>;
  /** Bytes on the disk that this version has added. */
  added(version: number): Promise<number>;
}

/** What a failure is told with. */
export interface Words {
  /** How it was published: ` from a repository`; empty: by copying. */
  how: string;
  /** What helps where it takes too long, and where something fails that says nothing of the kind itself. */
  slow: string;
  fix: string;
}

/**
 * Publishes a project twice, and tells what that costs, or what keeps it from being done.
 *
 * @param stop - ends the check.
 * @param prepare - what does not count; its failures are those of publishing.
 * @param tell - the line, from what was published and what that costs: the end of a sentence.
 */
export async function measure(
  prepare: (signal: AbortSignal) => Promise<Measured>,
  { how, slow, fix }: Words,
  stop: AbortSignal,
  tell: (costs: string) => Result,
  patienceMs = PATIENCE_MS
): Promise<Result> {
  const patience = AbortSignal.timeout(patienceMs);
  const signal = AbortSignal.any([stop, patience]);
  let size = 'A project';
  try {
    const measured = await prepare(signal);
    ({ size } = measured);
    const cost = async (version: number) => {
      const begin = performance.now();
      await measured.publish(version, signal);
      const seconds = ((performance.now() - begin) / 1_000).toFixed(2);
      return `${seconds} s and ${inMegabytes(await measured.added(version))}`;
    };
    const first = await cost(1);
    await measured.change();
    const next = await cost(2);
    return tell(
      `${size}: ${first} for the first version, ${next} for each further one when 1 % of the files have changed.`
    );
  } catch (error) {
    stop.throwIfAborted();
    if (patience.aborted) {
      return warning(`To publish ${size} twice${how} took longer than ${patienceMs / 1_000} s.`, slow);
    }
    const { code, message, detail, fix: own } = problemOf(error);
    if (code === 'disk_full') {
      return failed(
        `${size}, published twice${how}, do not fit: there is no room left.`,
        'Make room, or raise the quota.'
      );
    }
    if (code === 'internal') {
      throw error;
    }
    const [reason] = detail?.split('\n') ?? [];
    return failed(
      `${size} could not be published${how}: ${message}${reason ? ` (${reason})` : ''}`,
      fix || (own ?? '')
    );
  }
}
