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
  /** What was seen of the files that are about to be published; null: nothing in time. */
  place: () => Promise<Place | null>;
}

/**
 * Nobody who has pressed the button is kept waiting for longer. A plan says within 10 s what it has seen, without which the
 * dashboard's server cannot tell whether it sees the same files.
 */
const PATIENCE_MS = 12_000;

/** The plan for `request`, read anew whenever that changes. Null: there is nothing to ask for. */
export function usePlan(read: ReadPlan, request: PlanRequest | null, trans: TranslationBundle): PlanState {
  const [attempt, setAttempt] = React.useState(0);
  const asked = request === null ? '' : `${attempt} ${JSON.stringify(request)}`;
  const [known, setKnown] = React.useState<Pick<PlanState, 'plan' | 'problem'> & { of: string }>({
    of: '',
    plan: null,
    problem: null
  });
  const arriving = React.useRef<Promise<Plan | null>>(Promise.resolve(null));
  React.useEffect(() => {
    arriving.current = Promise.resolve(null);
    if (request === null) {
      return;
    }
    const unwanted = new AbortController();
    const end = (found: Pick<PlanState, 'plan' | 'problem'>) => {
      if (!unwanted.signal.aborted) {
        setKnown({ of: asked, ...found });
      }
    };
    const reading = read(request, unwanted.signal);
    reading.then(
      plan => end({ plan, problem: null }),
      (error: unknown) => end({ plan: null, problem: toProblem(error, trans) })
    );
    arriving.current = reading.catch(() => null);
    return () => unwanted.abort();
  }, [asked]);
  const { plan, problem, of } = known;
  return {
    plan,
    problem,
    reading: asked !== of,
    again: () => setAttempt(attempt + 1),
    // What is fetched from a repository waits for nothing.
    place: async () => (request?.repository === undefined ? ((await soon(arriving.current))?.place ?? null) : null)
  };
}

function soon(plan: Promise<Plan | null>): Promise<Plan | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>(resolve => (timer = setTimeout(() => resolve(null), PATIENCE_MS)));
  return Promise.race([plan, late]).finally(() => clearTimeout(timer));
}

/** What makes publishing fail, of the files that were looked at; nothing of an earlier choice. */
export function obstacles({ plan, reading }: PlanState): readonly Problem[] {
  return reading || plan === null ? [] : plan.obstacles;
}

/** Whether publishing would fail for certain. A branch may be at another commit by now than the clone knows. */
export function isBlocked(state: PlanState): boolean {
  const repository = state.plan?.repository ?? null;
  return obstacles(state).length > 0 && (repository === null || repository.fixed);
}
