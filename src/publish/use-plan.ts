import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Place, Plan, PlanRequest, Problem } from '../../server/contract';
import { toProblem } from '../dashboards/errors';
import type { ReadPlan } from './plan';

/** What is known about what publishing would copy. */
export interface PlanState {
  /** The newest there is; of an earlier choice while `reading`. */
  plan: Plan | null;
  /** Why there is none. */
  problem: Problem | null;
  reading: boolean;
  /** Look at the files again. */
  again: () => void;
}

/** The plan for `request`, read anew whenever that changes. Null: there is nothing to ask for. */
export function usePlan(read: ReadPlan, request: PlanRequest | null, trans: TranslationBundle): PlanState {
  const [attempt, setAttempt] = React.useState(0);
  const asked = request === null ? '' : `${attempt} ${JSON.stringify(request)}`;
  const [known, setKnown] = React.useState<Pick<PlanState, 'plan' | 'problem'> & { of: string }>({
    of: '',
    plan: null,
    problem: null
  });
  React.useEffect(() => {
    if (request === null) {
      return;
    }
    const unwanted = new AbortController();
    const end = (found: Pick<PlanState, 'plan' | 'problem'>) => {
      if (!unwanted.signal.aborted) {
        setKnown({ of: asked, ...found });
      }
    };
    read(request, unwanted.signal).then(
      plan => end({ plan, problem: null }),
      (error: unknown) => end({ plan: null, problem: toProblem(error, trans) })
    );
    return () => unwanted.abort();
  }, [asked]);
  const { plan, problem, of } = known;
  return { plan, problem, reading: asked !== of, again: () => setAttempt(attempt + 1) };
}

/** What was seen of the files that are about to be published; null: nothing, or of others. */
export function placeOf({ plan, reading }: PlanState): Place | null {
  return reading || plan === null ? null : plan.place;
}

/** What will make publishing fail, as far as is known; nothing of an earlier choice. */
export function obstacles({ plan, reading }: PlanState): readonly Problem[] {
  return reading || plan === null ? [] : plan.obstacles;
}
