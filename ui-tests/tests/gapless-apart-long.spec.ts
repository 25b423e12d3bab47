import type { Browser } from '@playwright/test';

import { expect, test, type ApartHub } from '../fixtures/apart-hub';
import { GitSample, SentSample } from '../pages/apart-samples';
import { KINDS, type Kind } from '../pages/app-session';
import { manySwaps } from '../pages/many-swaps';
import { Person } from '../pages/person';
import { APPS } from '../pages/sample';
import { signedIn } from '../pages/sign-in';

const SESSIONS = 5;

test.describe.configure({ timeout: 1_800_000 });

test('fetched from a repository: five people work with a Dash app through ten updates and five roll backs', async ({
  browser,
  hub
}) => {
  const alice = await Person.signIn(hub, 'alice');
  const sample = new GitSample(hub, alice, 'gapless/dash', 'fetched-dash', APPS);
  await sample.prepare();
  expect(await swaps(browser, hub, sample, 'git', KINDS.dash)).toBeGreaterThan(0);
});

test('sent by Lab: five people work with a Panel app through ten updates and five roll backs', async ({
  browser,
  hub
}) => {
  const alice = await Person.signIn(hub, 'alice');
  const sample = new SentSample(hub, alice, 'gapless/panel', 'sent-panel', APPS);
  await sample.prepare();
  expect(await swaps(browser, hub, sample, 'relay', KINDS.panel)).toBeGreaterThan(0);
});

async function swaps(
  browser: Browser,
  hub: ApartHub,
  sample: GitSample | SentSample,
  strategy: 'git' | 'relay',
  kind: Kind
): Promise<number> {
  const bob = await signedIn(browser, hub, 'bob');
  const contexts = await Promise.all(Array.from({ length: SESSIONS }, () => browser.newContext({ storageState: bob })));
  const drained = await manySwaps({ sample, kind, strategy, origin: hub.dashboards, contexts });
  await Promise.all(contexts.map(context => context.close()));
  return drained;
}
