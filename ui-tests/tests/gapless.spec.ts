import { DEFAULT_TIMING } from '../../server/runner/supervisor/timing';
import { AppSession, during, KINDS } from '../pages/app-session';
import { expect, test } from '../fixtures/hub';
import { Person } from '../pages/person';
import { APPS, Sample } from '../pages/sample';
import { signedIn } from '../pages/sign-in';

const SESSIONS = 5;

let alice: Person;
let bob: Awaited<ReturnType<typeof signedIn>>;

test.beforeAll(async ({ browser, hub }) => {
  alice = await Person.signIn(hub, 'alice');
  bob = await signedIn(browser, hub, 'bob');
});

for (const kind of Object.values(KINDS)) {
  test(`people go on working with a ${kind.framework} dashboard while it is updated and rolled back`, async ({
    browser,
    hub
  }) => {
    const sample = new Sample(hub, alice, `gapless/${kind.framework}`, `gapless-${kind.framework}`, APPS);
    const { dashboard, version } = await sample.publish();
    expect(version).toMatchObject({ n: 1, framework: kind.framework });
    const open = async (edition: number) => {
      const context = await browser.newContext({ storageState: bob });
      return AppSession.open(context, { link: dashboard.link, origin: hub.dashboards }, kind, edition);
    };
    const first: AppSession[] = [];
    let replaced = 0;
    for (let n = 0; n < SESSIONS; n++) {
      first.push(await open(1));
    }

    await test.step('an update: while it is made, and after it', async () => {
      kind.files.forEach(file => sample.edit(file, 'edition 1', 'edition 2'));
      replaced = Date.now();
      await during(sample.update(dashboard), first);
      await Promise.all(first.map(session => session.work()));
    });

    await test.step('a roll back: those with the new version, and those who have never left the old one', async () => {
      const second = await open(2);
      await during(sample.rollBack(dashboard, 1), [second, ...first]);
      await Promise.all([second, ...first].map(session => session.work()));
      await second.page.context().close();
      await (await open(1)).page.context().close();
    });

    // Nobody is sent away, unless the machine has taken longer than an old version lasts.
    const stayed = first.flatMap(({ drained }) => (drained === null ? [] : [drained - replaced]));
    expect(stayed.filter(ms => ms < DEFAULT_TIMING.drainMs)).toEqual([]);
    await Promise.all(first.map(session => session.page.context().close()));
    await sample.delete(dashboard);
  });
}
