import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures/hub';
import { createAdmin } from '../pages/hub-admin';
import { Lab } from '../pages/lab';
import { signIn } from '../pages/sign-in';

const ADDED = 'third quarter was corrected';

test('from the click on a file to a dashboard that a colleague uses, and all the way back', async ({
  browser,
  hub
}) => {
  const admin = await createAdmin(hub);
  const before = { servers: await dashboardServers(admin), folders: versionFolders(hub.data) };
  const alice = await (await browser.newContext()).newPage();
  const bob = await (await browser.newContext()).newPage();
  const lab = new Lab(alice);

  await test.step('the dialog is filled for the clicked file, not for the open notebook', async () => {
    await alice.goto(`${hub.url}user/alice/lab/tree/quarterly-sales/quarterly-sales.ipynb`);
    await signIn(alice, 'alice', hub.password);
    await lab.ready();
    await expect(alice.locator('.jp-NotebookPanel')).toBeVisible();
    await lab.openFolder('streamlit-sales');
  });

  let dialog = await lab.publish('app.py');
  await expect(dialog.name).not.toHaveValue('');
  await expect(dialog.framework).toHaveValue('streamlit');
  await expect(dialog.locator()).toContainText('streamlit-sales');
  const name = await dialog.name.inputValue();

  const link = await test.step('publishing gives a link at once, and shows progress until it is live', async () => {
    await dialog.shareWith('bob');
    await dialog.submit();
    const address = await dialog.link.getAttribute('href');
    await expect(dialog.locator().getByRole('progressbar')).toBeVisible();
    await dialog.live(1);
    await dialog.close();
    return address ?? '';
  });

  const server = await test.step('a second user opens it and gets a computed value back', async () => {
    await bob.goto(link);
    await signIn(bob, 'bob', hub.password);
    await expect(bob.getByRole('heading', { name: 'Quarterly sales' })).toBeVisible({ timeout: 90_000 });
    await expect(bob).toHaveURL(url => url.origin === hub.dashboards);
    await bob.getByRole('slider').press('ArrowRight');
    await expect(bob.getByText('6 % growth makes 1,060 k€')).toBeVisible();
    return /\/user\/alice\/(dash-[^/]+)\//.exec(bob.url())?.[1] ?? '';
  });

  await test.step('a third user learns nothing', async () => {
    const carol = await (await browser.newContext()).newPage();
    await carol.goto(link);
    await signIn(carol, 'carol', hub.password);
    await carol.waitForURL(url => !url.pathname.includes('/login'));
    const answer = await carol.goto(link);
    const missing = await carol.goto(new URL('no-such-dashboard', link).href);
    expect([answer?.status(), missing?.status()]).toEqual([404, 404]);
    await expect(carol.locator('body')).not.toContainText(name);
  });

  await test.step('an edited file is published by Update', async () => {
    await lab.append('app.py', `\nst.write("${ADDED}")\n`);
    dialog = await lab.publish('app.py');
    await dialog.update();
    await dialog.live(2);
    await bob.goto(link);
    await expect(bob.getByText(ADDED)).toBeVisible();
  });

  await test.step('Roll back brings the old content', async () => {
    await dialog.rollBack(1);
    await dialog.live(1);
    await dialog.close();
    await bob.goto(link);
    await expect(bob.getByText('5 % growth makes 1,050 k€')).toBeVisible();
    await expect(bob.getByText(ADDED)).toHaveCount(0);
  });

  await test.step('a visit wakes a server that an administrator has stopped', async () => {
    await bob.goto('about:blank');
    const started = (await admin.servers('alice'))[server]?.started;
    expect(await admin.stop('alice', server)).toBeLessThan(300);
    await bob.goto(link);
    await expect(bob.getByText('5 % growth makes 1,050 k€')).toBeVisible({ timeout: 90_000 });
    expect((await admin.servers('alice'))[server]?.started).not.toBe(started);
  });

  await test.step('Delete leaves nothing', async () => {
    await lab.deleteDashboard(name);
    // What others have deleted before may have gone since.
    await expect.poll(async () => without(await dashboardServers(admin), before.servers)).toEqual([]);
    await expect.poll(() => without(versionFolders(hub.data), before.folders)).toEqual([]);
    await expectGone(bob, link);
  });
});

async function dashboardServers(admin: Awaited<ReturnType<typeof createAdmin>>): Promise<string[]> {
  return Object.keys(await admin.servers('alice')).filter(name => name.startsWith('dash-'));
}

function without(found: readonly string[], known: readonly string[]): string[] {
  return found.filter(name => !known.includes(name));
}

function versionFolders(data: string): string[] {
  const folder = join(data, 'home', 'alice', '.dashboards');
  return existsSync(folder) ? readdirSync(folder) : [];
}

async function expectGone(page: Page, link: string): Promise<void> {
  expect((await page.goto(link))?.status()).toBe(404);
}
