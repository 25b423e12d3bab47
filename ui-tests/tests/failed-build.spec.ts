import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '../fixtures/hubs';
import { Person } from '../pages/person';
import { signIn } from '../pages/sign-in';

test('whoever waits for a dashboard whose first build fails is told so, without doing anything', async ({
  browser,
  isolated: hub
}) => {
  const alice = await Person.signIn(hub, 'alice');
  const signal = join(hub.data, 'fail-now');
  const audience = { kind: 'people' as const, users: ['bob'], groups: [] };
  const publication = { name: 'Ebb', app: 'failing', files: { 'signal.txt': signal }, audience };
  const { reply } = await alice.publish(publication);
  const owner = await (await browser.newContext()).newPage();
  const viewer = await (await browser.newContext()).newPage();

  await test.step('while it is built, its owner sees the log and a viewer does not', async () => {
    for (const [page, name] of [[owner, 'alice'] as const, [viewer, 'bob'] as const]) {
      await page.goto(reply.dashboard.link);
      await signIn(page, name, hub.password);
      await expect(page).toHaveURL(url => url.origin === hub.dashboards);
      await expect(page.getByText('The dashboard is starting.')).toBeVisible();
    }
    await expect(owner.getByText('waiting for the tide')).toBeVisible();
    await expect(viewer.getByText('waiting for the tide')).toHaveCount(0);
  });

  await test.step('when it has failed, its owner learns why, and a viewer whom to ask', async () => {
    writeFileSync(signal, '');
    await expect(owner.getByText('ValueError: the tide <b>never</b> came').first()).toBeVisible({ timeout: 15_000 });
    await expect(viewer.getByText('Its owner, alice, can see why.')).toBeVisible({ timeout: 15_000 });
    await expect(viewer.locator('body')).not.toContainText('the tide');
  });
});
