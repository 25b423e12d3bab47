import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { AUTHOR, expect, test, VIEWER } from '../fixtures/slow-hub';
import { Lab } from '../pages/lab';
import { signIn } from '../pages/sign-in';

test('people with unusual names publish, wait for a slow Spawner, cancel, look and delete', async ({
  browser,
  hub
}) => {
  const author = await (await browser.newContext()).newPage();
  const viewer = await (await browser.newContext()).newPage();
  const lab = new Lab(author);

  await author.goto(`${hub.url}hub/spawn`);
  await signIn(author, AUTHOR, hub.password);
  await lab.ready();
  await lab.openFolder('streamlit-sales');
  await hub.hold();
  let dialog = await lab.publish('app.py');
  const name = await dialog.name.inputValue();

  const link = await test.step('the dialog has the link at once, and says what is waited for', async () => {
    await dialog.shareWith(VIEWER);
    await dialog.submit();
    await expect(dialog.locator()).toContainText('Waiting for the Spawner to start the dashboard’s server…');
    return (await dialog.link.getAttribute('href')) ?? '';
  });

  await test.step('whoever opens the link reads the same', async () => {
    await viewer.goto(link);
    await signIn(viewer, VIEWER, hub.password);
    await expect(viewer.getByText('Waiting for the Spawner to start its server')).toBeVisible();
  });

  await test.step('publishing can be cancelled while the Spawner is at work, and leaves nothing', async () => {
    await dialog.locator().getByRole('button', { name: 'Cancel publishing' }).click();
    await expect(dialog.locator()).toContainText('Version 1 was cancelled.');
    await expect(viewer.getByText('Waiting for the Spawner')).toHaveCount(0);
    const versions = join(hub.data, 'home', AUTHOR, '.dashboards');
    expect(existsSync(versions) ? readdirSync(versions) : []).toEqual([]);
    await dialog.close();
  });

  await test.step('published again, it opens for those who wait as soon as its server is there', async () => {
    dialog = await lab.publish('app.py');
    await dialog.publishAgain();
    await expect(dialog.locator()).toContainText('Waiting for the Spawner to start the dashboard’s server…');
    await viewer.goto(link);
    await expect(viewer.getByText('Waiting for the Spawner to start its server')).toBeVisible();
    await hub.letGo();
    await expect(viewer.getByRole('heading', { name: 'Quarterly sales' })).toBeVisible({ timeout: 90_000 });
    const { origin, pathname } = new URL(viewer.url());
    expect(origin).toBe(hub.dashboards);
    expect(pathname).toMatch(/^\/user\/J%C3%BCrgen\.M%C3%BCller@example\.org\/dash-[a-z0-9-]+\/v\/2\/$/);
    await viewer.getByRole('slider').press('ArrowRight');
    await expect(viewer.getByText('6 % growth makes 1,060 k€')).toBeVisible();
    await dialog.live(2);
    await dialog.close();
  });

  await test.step('a reload needs no further sign-in, and its owner sees it too', async () => {
    await viewer.reload();
    await expect(viewer.getByRole('heading', { name: 'Quarterly sales' })).toBeVisible();
    const own = await author.context().newPage();
    await own.goto(link);
    await expect(own.getByRole('heading', { name: 'Quarterly sales' })).toBeVisible();
    await own.close();
  });

  await test.step('Delete leaves nothing', async () => {
    await lab.deleteDashboard(name);
    const versions = join(hub.data, 'home', AUTHOR, '.dashboards');
    await expect.poll(() => readdirSync(versions)).toEqual([]);
    expect((await viewer.goto(link))?.status()).toBe(404);
  });
});
