import type { CheckLine } from '../../../contract';
import { anchor } from './anchor';
import { failed, notTried, reason, type Attempt, type Ground, type Result } from './attempt';
import { cost, type CostInput } from './cost';
import { flush } from './flush';
import { git } from './git';
import { layGround } from './ground';
import { clones, device, hardLinks, symbolicLinks } from './links';
import { overlay } from './overlay';
import { publishable } from './publishable';
import { room } from './room';
import { sealed } from './sealed';
import { times } from './times';

export interface StorageInput extends CostInput {
  home: string;
  publishablePaths: readonly string[] | undefined;
  /** Ends the attempts; what they have made is removed all the same. */
  signal: AbortSignal;
}

/** In this order: the last one tells what follows from those before. */
const attempts = ({ publishablePaths, ...input }: StorageInput): Attempt[] => [
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
  git(input.strategies),
  cost(input)
];

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
