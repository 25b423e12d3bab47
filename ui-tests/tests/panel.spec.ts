import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures/hub';
import { Lab } from '../pages/lab';
import { PanelPage } from '../pages/panel';
import { Person } from '../pages/person';
import { killService } from '../pages/service-process';
import { signIn } from '../pages/sign-in';

const RUNNING = { timeout: 120_000 };
const WHITE = 'rgb(255, 255, 255)';
test.describe.configure({ mode: 'serial' });
test.use({ own: 'panel' });

let page: Page;
let lab: Lab;
let panel: PanelPage;
/** As long as it exists, nothing becomes of a build: it would be over before the browser has shown that it is under way. */
let hold: string;
/** What the browser's console says about files of ours. */
const complaints: string[] = [];
const OURS = '/labextensions/jupyterhub-dashboards/';
const ACTIONS = [
  'Open Dashboard…',
  'Copy Link of Dashboard…',
  'Update Dashboard…',
  'Cancel Publishing of Dashboard…',
  'Show Versions of Dashboard…',
  'Roll Back Dashboard…',
  'Open a Version of Dashboard…',
  'Show Log of Dashboard…',
  'Share Dashboard…',
  'Change Name and Description of Dashboard…',
  'Start Dashboard…',
  'Stop Dashboard…',
  'Delete Dashboard…'
];

test.beforeAll(async ({ browser, hub }) => {
  test.setTimeout(240_000);
  hold = join(hub.data, 'hold');
  page = await (await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })).newPage();
  page.on('console', message => {
    const text = message.text();
    if (message.type() === 'error' && `${message.location().url} ${text}`.includes(OURS)) {
      complaints.push(text);
    }
  });
  page.on('pageerror', error => {
    const text = error.stack ?? error.message;
    if (text.includes(OURS)) {
      complaints.push(text);
    }
  });
  lab = new Lab(page);
  panel = new PanelPage(page);
  await page.goto(`${hub.url}user/alice/lab/tree/streamlit-sales/app.py`);
  await signIn(page, 'alice', hub.password);
  await lab.ready();
});

test.afterEach(() => {
  expect(complaints).toEqual([]);
});

test.afterAll(async () => {
  await page.context().close();
});

test('begins with how to publish, and follows a build to its end', async ({ hub }) => {
  await panel.open();
  await expect(panel.root).toContainText('Right-click a notebook, script or folder');
  const alice = await Person.signIn(hub, 'alice');
  writeFileSync(hold, '');
  await alice.publish({ name: 'Plain', app: 'plain', files: { 'hold.txt': hold }, audience: { kind: 'owner' } });
  // Published elsewhere: the panel is told by the service's stream of changes.
  await expect(panel.card('Plain').getByRole('progressbar')).toBeVisible();
  rmSync(hold);
  await expect(panel.card('Plain')).toContainText('Running', RUNNING);
  await panel.picture('mine');
});

test('updates, shows versions, opens one by its link, and rolls back in two clicks', async () => {
  const card = panel.card('Plain');
  writeFileSync(hold, '');
  await card.getByRole('button', { name: 'Update' }).click();
  await expect(card.getByRole('progressbar')).toBeVisible();
  rmSync(hold);
  await card.getByRole('button', { name: 'Versions' }).click();
  await expect(card.getByRole('list', { name: 'Versions' })).toContainText('Version 2');
  await expect(card.getByRole('button', { name: 'Roll back to version 1' })).toBeEnabled(RUNNING);
  await panel.picture('versions');
  await card.getByRole('button', { name: 'Roll back to version 1' }).click();
  await expect(card.getByRole('button', { name: 'Roll back to version 2' })).toBeEnabled(RUNNING);
  await expect(card.getByRole('link', { name: 'Open version 2' })).toHaveAttribute('href', /\/d\/plain@2$/);
});

test('is told of a change within a second', async ({ hub }) => {
  const alice = await Person.signIn(hub, 'alice');
  const { id } = await panel.dashboard(alice, 'Plain');
  await alice.call('POST', `api/v1/dashboards/${id}/stop`);
  const before = Date.now();
  await expect(panel.card('Plain')).toContainText('Stopped', { timeout: 10_000 });
  test.info().annotations.push({ type: 'ms from the answer to the panel', description: String(Date.now() - before) });
  await alice.call('POST', `api/v1/dashboards/${id}/start`);
  await expect(panel.card('Plain')).toContainText('Running', RUNNING);
});

test('says after some seconds that the connection is lost, and catches up when the service is back', async ({
  hub
}) => {
  const alice = await Person.signIn(hub, 'alice');
  const { id } = await panel.dashboard(alice, 'Plain');
  const stream = '**/services/dashboards/api/v1/events';
  await page.route(stream, route => route.abort());
  killService(hub);
  await expect(panel.root).toContainText('Trying again…');
  await expect
    .poll(async () => (await alice.call('PATCH', `api/v1/dashboards/${id}`, { description: 'Tides' })).status)
    .toBe(200);
  await page.unroute(stream);
  await expect(panel.card('Plain')).toContainText('Tides');
  await expect(panel.root).not.toContainText('Trying again…');
});

test('works by keyboard alone', async () => {
  await page.keyboard.press('Alt+Shift+D');
  const tab = page.getByRole('tab', { name: /^Mine/ });
  await expect(tab).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: /^Shared with me/ })).toBeFocused();
  await expect(panel.root).toContainText('What others share with you');
  await page.keyboard.press('Home');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('searchbox', { name: 'Search dashboards' })).toBeFocused();
  for (const name of ['Open', 'Update', 'Versions', 'Copy link', 'More actions']) {
    await page.keyboard.press('Tab');
    await expect(page.locator(':focus')).toHaveAccessibleName(name);
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu').last()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator(':focus')).toHaveAccessibleName('More actions');
});

test('shares by keyboard, names an unknown person beside the field, and gives the focus back', async () => {
  await lab.choose('Plain', 'Share…');
  const dialog = page.locator('.jp-DashboardsShare');
  await dialog.getByLabel('People and groups').check();
  const people = dialog.getByRole('textbox', { name: 'People', exact: true });
  await people.fill('nobody-of-that-name');
  await page.keyboard.press('Enter');
  await people.fill('bob');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('nobody-of-that-name.');
  await expect(people).toHaveAttribute('aria-invalid', 'true');
  await panel.picture('share');
  await dialog.getByRole('button', { name: 'Remove nobody-of-that-name' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('Saved.');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(':focus')).toHaveAccessibleName('More actions');
});

test('shows a log that grows, finds lines, and keeps the tab over a reload', async () => {
  await lab.choose('Plain', 'Log');
  const log = page.locator('.jp-DashboardsLog:visible');
  await expect(page.getByRole('tab', { name: 'Log: Plain' })).toBeVisible();
  await expect(log.getByRole('log')).not.toBeEmpty();
  await expect(log.locator('.jp-DashboardsLog-line').first()).toBeVisible();
  await log.getByRole('searchbox', { name: 'Search the log' }).fill('a');
  await expect(log.getByRole('search')).toContainText(/lines? found/);
  await log.getByRole('button', { name: 'Next' }).click();
  await expect(log.locator('[data-current]')).toBeVisible();
  await panel.picture('log');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    log.getByRole('button', { name: 'Download' }).click()
  ]);
  expect(download.suggestedFilename()).toBe('plain-log.txt');
});

for (const theme of ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast']) {
  test(`axe finds nothing in ${theme}`, async () => {
    await panel.theme(theme);
    await panel.open();
    await expect(panel.card('Plain').getByRole('link', { name: 'Open', exact: true })).toHaveCSS('color', WHITE);
    await expectAccessible('.jp-DashboardsPanel');
    await panel.command('Publish Folder as Dashboard…');
    await expect(page.getByRole('button', { name: 'Publish', exact: true })).toHaveCSS('color', WHITE);
    await expectAccessible('.jp-DashboardsContent');
    await page.keyboard.press('Escape');
    await lab.choose('Plain', 'Log');
    await expect(page.locator('.jp-DashboardsLog:visible')).toBeVisible();
    await expectAccessible('.jp-DashboardsLog');
    await panel.picture(`${theme} log`);
    await lab.choose('Plain', 'Share…');
    await page.locator('.jp-DashboardsShare').getByLabel('People and groups').check();
    await expectAccessible('.jp-DashboardsContent');
    await panel.picture(`${theme} share`);
    await page.keyboard.press('Escape');
    await lab.choose('Plain', 'Name and Description…');
    await expectAccessible('.jp-DashboardsContent');
    await page.keyboard.press('Escape');
    await lab.choose('Plain', 'Versions…');
    await expect(page.locator('.jp-DashboardsContent')).toContainText('Version 1');
    await expectAccessible('.jp-DashboardsContent');
    await page.keyboard.press('Escape');
    await panel.theme('JupyterLab Light');
  });
}

async function expectAccessible(selector: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(selector).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message}`)
  );
  expect(found).toEqual([]);
}

test('keeps its words and buttons apart at the width that Lab gives it', async () => {
  await page.setViewportSize({ width: 1400, height: 900 });
  expect((await panel.root.boundingBox())?.width).toBeLessThanOrEqual(300);
  const card = panel.card('Plain');
  const top = async (name: string) =>
    (await card.getByRole('button', { name, exact: true }).boundingBox())?.y ?? Number.NaN;
  expect(await top('More actions')).toBeCloseTo(await top('Update'), 0);
  const versions = card.getByRole('button', { name: 'Versions', exact: true });
  if ((await versions.getAttribute('aria-expanded')) === 'false') {
    await versions.click();
  }
  const back = card.getByRole('button', { name: /^Roll back to version/ }).first();
  await expect(back).toBeVisible();
  for (const theme of ['JupyterLab Dark', 'JupyterLab Light']) {
    await panel.theme(theme);
    await panel.picture(`${theme} panel`);
    expect(await back.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBe(0);
  }
  await back.focus();
  await page.keyboard.press('Enter');
  await expect(card).toContainText('Running', RUNNING);
  // The button goes away with what it has done; the keyboard goes on beside it.
  await expect(card.getByRole('link', { name: /^Open version/ }).and(page.locator(':focus'))).toBeVisible(RUNNING);
});

test('offers every action in the palette, and asks which dashboard is meant', async () => {
  await page.keyboard.press('Control+Shift+C');
  const palette = page.locator('.lm-CommandPalette:visible');
  await palette.locator('input').fill('dashboard');
  for (const label of ACTIONS) {
    await expect(palette.getByText(label, { exact: true })).toBeVisible();
  }
  await palette.getByText('Change Name and Description of Dashboard…', { exact: true }).click();
  await expect(page.getByRole('combobox', { name: 'Search dashboards' })).toBeFocused();
  await page.keyboard.type('pla');
  await expect(page.getByRole('listbox', { name: 'Dashboards' }).getByRole('option')).toHaveCount(1);
  await panel.picture('chooser');
  await page.keyboard.press('Enter');
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await expect(name).toHaveValue('Plain');
  await name.fill('Plain & simple');
  await page.keyboard.press('Enter');
  await panel.open();
  await expect(panel.card('Plain & simple')).toBeVisible();
});

test('is in the launcher, the File menu and the running sessions', async () => {
  await page.keyboard.press('Control+Shift+L');
  const launcher = page.locator('.jp-Launcher:visible');
  await expect(launcher.getByText('Publish Folder')).toBeVisible();
  await expect(launcher.getByText('Show Dashboards')).toBeVisible();
  await panel.picture('launcher');
  await page.getByRole('menuitem', { name: 'File', exact: true }).click();
  await expect(page.getByRole('menuitem', { name: 'Publish as Dashboard…' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: /^Running Terminals and Kernels|^Sessions and Tabs/ }).click();
  const section = page.getByRole('region', { name: 'Dashboards Section' });
  await expect(section).toContainText('Plain & simple');
  await panel.picture('running');
});

test('is current among the running sessions, also where the panel was never looked at', async ({ hub }) => {
  const section = page.getByRole('region', { name: 'Dashboards Section' });
  const sessions = page.getByRole('tab', { name: /^Running Terminals and Kernels|^Sessions and Tabs/ });
  const saved = panel.saved('running-sessions');
  await page.getByRole('tab', { name: /^File Browser/ }).click();
  await expect(section).toBeHidden();
  await sessions.click();
  await saved;
  await page.reload();
  await expect(section).toContainText('Plain & simple');
  await expect(panel.root).toBeHidden();
  const alice = await Person.signIn(hub, 'alice');
  const { id } = await panel.dashboard(alice, 'Plain & simple');
  for (const name of ['Plain and simple', 'Plain & simple']) {
    await alice.call('PATCH', `api/v1/dashboards/${id}`, { name });
    await expect(section).toContainText(name);
  }
});

// After all that uses the palette: while JupyterLab starts it executes commands, and each of them closes the palette.
test('tells after a reload how a build ended that was under way', async () => {
  const card = panel.card('Plain & simple');
  const saved = panel.saved('jupyterhub-dashboards-panel');
  await panel.open();
  await saved;
  writeFileSync(hold, '');
  await card.getByRole('button', { name: 'Update' }).click();
  await expect(card.getByRole('progressbar')).toBeVisible();
  await page.reload();
  await expect(panel.root).toBeVisible();
  rmSync(hold);
  await expect(page.getByText(/Plain & simple: version \d+ is live\./)).toBeVisible(RUNNING);
  await expect(page.getByRole('tab', { name: 'Log: Plain & simple' })).toBeVisible();
});

test('stops, starts and deletes after asking', async ({ hub }) => {
  const name = 'Plain & simple';
  await panel.open();
  await lab.choose(name, 'Stop');
  await expect(panel.card(name)).toContainText('Stopped');
  await lab.choose(name, 'Start');
  await expect(panel.card(name)).toContainText('Running', RUNNING);
  const alice = await Person.signIn(hub, 'alice');
  const { id } = await panel.dashboard(alice, name);
  const long = 'W'.repeat(120);
  await alice.call('PATCH', `api/v1/dashboards/${id}`, { name: long });
  await lab.choose(long, 'Delete…');
  const title = page.locator('.jp-DashboardsQuestion .jp-Dialog-header');
  await expect(title).toContainText(long);
  expect(await title.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.getByRole('button', { name: 'Keep' }).click();
  await alice.call('PATCH', `api/v1/dashboards/${id}`, { name });
  await lab.deleteDashboard(name);
  await expect(panel.root).toContainText('Nothing yet.');
  await expect(panel.root.locator(':focus')).toBeVisible();
});
