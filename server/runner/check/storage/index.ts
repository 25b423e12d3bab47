import type { CheckLine, Strategy } from '../../../contract';
import type { Receiving } from '../receiving';
import { anchor } from './anchor';
import { failed, notTried, reason, type Attempt, type Ground, type Result } from './attempt';
import { cost } from './cost';
import { flush } from './flush';
import { git } from './git';
import { gitCost } from './git-cost';
import { layGround } from './ground';
import { clones, device, hardLinks, symbolicLinks } from './links';
import { madeUp, type Sample } from './made-up-project';
import { overlay } from './overlay';
import { publishable } from './publishable';
import { room } from './room';
import { sealed } from './sealed';
import { sending } from './sending';
import { times } from './times';

export interface StorageInput {
  home: string;
  publishablePaths: readonly string[] | undefined;
  /** Those that the hub allows; undefined: all. */
  strategies?: readonly Strategy[];
  /** Null: the service is of a version that cannot have files sent to a check. */
  receiving: Receiving | null;
  /** Of programs that are started. */
  environment: Readonly<Record<string, string>>;
  /** When the machine does nothing else for the check. */
  quiet: Promise<void>;
  /** Another project than the usual one. */
  sample?: Sample;
  /** Milliseconds that sending it may take. */
  patienceMs?: number;
  /** Ends the attempts; what they have made is removed all the same. */
  signal: AbortSignal;
}

/** In this order: the last ones tell what follows from those before. */
function attempts({ publishablePaths, quiet, sample, ...input }: StorageInput): Attempt[] {
  const project = madeUp(quiet, sample);
  const { strategies } = input;
  return [
    device,
    hardLinks,
    clones,
    symbolicLinks,
    flush,
    times,
    room,
    anchor,
    sealed,
    overlay,
    publishable(publishablePaths),
    git(strategies),
    cost({ project, strategies }),
    gitCost({ project, ...input }),
    ...sending({ project, ...input })
  ];
}

/**
 * Tries, one after the other, what versions need of the storage of this home, and tells what came of each. Leaves nothing
 * behind. Never rejects.
 */
export async function tryStorage(input: StorageInput, tell: (line: CheckLine) => void): Promise<void> {
  const { result, laid } = await layGround(input.home);
  tell(lineOf('store', result));
  const before = new Map<string, Result>();
  try {
    for (const attempt of attempts(input)) {
      const tried = laid
        ? await outcome(attempt, laid.ground, before, input.signal)
        : notTried('nothing can be written');
      if (input.signal.aborted) {
        return;
      }
      before.set(attempt.id, tried);
      tell(lineOf(attempt.id, tried));
    }
  } finally {
    await laid?.remove();
  }
}

function lineOf(id: string, { state, sentence, fix }: Result): CheckLine {
  return { id, state, sentence, fix };
}

async function outcome(
  attempt: Attempt,
  ground: Ground,
  before: ReadonlyMap<string, Result>,
  signal: AbortSignal
): Promise<Result> {
  try {
    return await attempt.tries(ground, before, signal);
  } catch (error) {
    return failed(`${attempt.what}: this failed (${reason(error)}).`, attempt.fix);
  }
}
