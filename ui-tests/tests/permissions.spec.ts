import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '../fixtures/hubs';
import { Lab } from '../pages/lab';
import { PanelPage } from '../pages/panel';
import { signIn } from '../pages/sign-in';

test('Lab shows no way to publish to who is no publisher, and says whom to ask', async ({ browser, strict: hub }) => {
  const folder = join(hub.data, 'home', 'bob', 'tides');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'app.py'), 'import streamlit as st\n');
  const page = await (await browser.newContext()).newPage();
  const lab = new Lab(page);
  const panel = new PanelPage(page);
  await page.goto(`${hub.url}user/bob/lab/tree/tides/app.py`);
  await signIn(page, 'bob', hub.password);
  await lab.ready();
  await expect(page.locator('.jp-FileEditor:visible')).toBeVisible();

  await test.step('the panel: who publishes here, and what to do', async () => {
    await panel.open();
    await expect(panel.root).toContainText('dashboards are published by members of the group "analysts".');
    await expect(panel.root).toContainText('Ask the administrator of this hub to add you.');
    await expect(panel.root).toContainText('Nothing yet.');
    await expect(panel.root).not.toContainText('Right-click');
    await panel.picture('panel');
  });

  const publish = page.getByRole('menuitem', { name: 'Publish as Dashboard…' });
  await test.step('the file browser and the File menu', async () => {
    await page.getByRole('tab', { name: /^File Browser/ }).click();
    await lab.file('app.py').click({ button: 'right' });
    await expect(page.getByRole('menuitem', { name: /^Rename/ })).toBeVisible();
    await expect(publish).toHaveCount(0);
    await page.keyboard.press('Escape');
    await page.getByRole('menuitem', { name: 'File', exact: true }).click();
    await expect(page.getByRole('menuitem', { name: /^Save / }).first()).toBeVisible();
    await expect(publish).toHaveCount(0);
    await page.keyboard.press('Escape');
  });

  await test.step('the toolbar of the open file', async () => {
    const button = page.locator('[data-jp-item-name="publish-dashboard"]');
    await expect(button).toHaveCount(1);
    await expect(button).toBeHidden();
  });

  await test.step('the launcher', async () => {
    await page.getByRole('menuitem', { name: 'File', exact: true }).click();
    await page.getByRole('menuitem', { name: /^New Launcher/ }).click();
    const launcher = page.locator('.jp-Launcher:visible');
    await expect(launcher.getByText('Show Dashboards')).toBeVisible();
    await expect(launcher.getByText('Publish Folder')).toHaveCount(0);
  });

  await test.step('the palette', async () => {
    const palette = page.locator('.lm-CommandPalette:visible');
    // While JupyterLab starts it executes commands, and each of them closes the palette: it is opened again then.
    await expect(async () => {
      await page.keyboard.press('Control+Shift+C');
      await palette.locator('input').fill('dashboard', { timeout: 5_000 });
      await expect(palette.getByText('Share Dashboard…', { exact: true })).toBeVisible({ timeout: 5_000 });
      expect(await palette.getByText(/^Publish|^Update/).count()).toBe(0);
      expect(await palette.getByText('Share Dashboard…', { exact: true }).count()).toBe(1);
    }).toPass({ timeout: 60_000 });
  });
});

test('who gets no Lab lands on the gallery, and is led there from where Lab would be', async ({
  browser,
  strict: hub
}) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(hub.url);
  await signIn(page, 'carol', hub.password);
  await expect(page).toHaveURL(hub.service);
  await expect(page.getByRole('heading', { name: 'Dashboards', level: 1 })).toBeVisible();
  await page.goto(`${hub.url}user/carol/lab`);
  await page.getByRole('link', { name: 'Open the dashboards' }).click();
  await expect(page).toHaveURL(hub.service);
});
