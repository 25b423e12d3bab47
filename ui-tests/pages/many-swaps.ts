import { expect, type BrowserContext } from '@playwright/test';

import type { Strategy } from '../../server/contract';
import { DEFAULT_TIMING } from '../../server/runner/supervisor/timing';
import { SWAP_STEPS } from '../../server/tests/swap-steps';
import { AppSession, during, type Kind } from './app-session';
import type { Sample } from './sample';

export interface Swaps {
  sample: Sample;
  kind: Kind;
  strategy: Strategy;
  /** That dashboards are served on. */
  origin: string;
  /** One for each person, in which they have signed in. */
  contexts: readonly BrowserContext[];
}

/**
 * Takes a dashboard through all steps before people who work with it. Each stays on the page that they have opened until its
 * version has ended, and then reloads it; after a swap that ends no page, the one who has looked for longest opens the link anew.
 *
 * @returns how many pages were drained
 */
export async function manySwaps({ sample, kind, strategy, origin, contexts }: Swaps): Promise<number> {
  const { dashboard, version } = await sample.publish();
  expect(version).toMatchObject({ n: 1, framework: kind.framework, strategy });
  const place = { link: dashboard.link, origin };
  const sessions: AppSession[] = [];
  for (const context of contexts) {
    sessions.push(await AppSession.open(context, place, kind, 1));
  }
  /** When each version was told to make room for another, in ms since 1970. */
  const replaced = new Map<number, number>();
  let live = 1;
  let newest = 1;
  let drained = 0;

  /** One whose version has ended. */
  const comesBack = async (session: AppSession): Promise<AppSession> => {
    await session.end();
    const stayed = (session.drained ?? 0) - (replaced.get(session.edition) ?? Infinity);
    expect(stayed).toBeGreaterThanOrEqual(DEFAULT_TIMING.drainMs);
    drained += 1;
    return session.reload(live);
  };

  for (const step of SWAP_STEPS) {
    const next = step === 'update' ? ++newest : step.rollBack;
    if (step === 'update') {
      kind.files.forEach(file => sample.edit(file, `edition ${next - 1}`, `edition ${next}`));
    }
    replaced.set(live, Date.now());
    const change = step === 'update' ? sample.update(dashboard) : sample.rollBack(dashboard, step.rollBack);
    const [now] = await Promise.all([change, during(change, sessions)]);
    expect(now).toMatchObject({ n: next, strategy });
    live = next;
    await Promise.all(sessions.map(session => session.work()));
    process.stdout.write(`    version ${live} is live; pages of ${sessions.map(pageOf).join(', ')}\n`);

    const ended = sessions.filter(session => session.drained !== null);
    for (const session of ended) {
      sessions.splice(sessions.indexOf(session), 1);
      sessions.push(await comesBack(session));
    }
    const longest = ended.length === 0 ? sessions.shift() : undefined;
    if (longest) {
      await longest.close();
      sessions.push(await AppSession.open(longest.page.context(), place, kind, live));
    }
    await sessions.at(-1)?.work();
    replaced.delete(live);
  }

  // All of them stay until the end.
  const last = sessions.filter(({ edition }) => edition !== live);
  expect(last.length).toBeGreaterThan(0);
  const back = await Promise.all(last.map(comesBack));
  await Promise.all(back.map(session => session.work()));
  await sample.delete(dashboard);
  return drained;
}

function pageOf({ edition, drained }: AppSession): string {
  return `${edition}${drained === null ? '' : ' (ended)'}`;
}
