import { KINDS } from '../pages/app-session';
import { expect, test } from '../fixtures/hub';
import { manySwaps } from '../pages/many-swaps';
import { Person } from '../pages/person';
import { APPS, Sample } from '../pages/sample';
import { signedIn } from '../pages/sign-in';

const SESSIONS = 5;

// With the other frameworks versions come by the other ways: `gapless-apart-long.spec.ts`.
for (const kind of [KINDS.streamlit, KINDS.voila]) {
  test(`copied: five people work with a ${kind.framework} dashboard through ten updates and five roll backs`, async ({
    browser,
    hub
  }) => {
    test.setTimeout(1_800_000);
    const alice = await Person.signIn(hub, 'alice');
    const bob = await signedIn(browser, hub, 'bob');
    const sample = new Sample(hub, alice, `gapless/${kind.framework}`, `long-${kind.framework}`, APPS);
    const contexts = await Promise.all(
      Array.from({ length: SESSIONS }, () => browser.newContext({ storageState: bob }))
    );
    const drained = await manySwaps({ sample, kind, strategy: 'snapshot', origin: hub.dashboards, contexts });
    expect(drained).toBeGreaterThan(0);
    await Promise.all(contexts.map(context => context.close()));
  });
}
