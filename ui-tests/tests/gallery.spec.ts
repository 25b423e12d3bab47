import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';

import type { Audience, Dashboard } from '../../server/contract';
import { expect, test, type Hub } from '../fixtures/hub';
import { Person } from '../pages/person';
import { signIn } from '../pages/sign-in';

const NOTE = 'the tide tables of today';
const EVERYONE: Audience = { kind: 'everyone' };
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** The gallery of somebody who has just signed in at the Hub. */
async function gallery(browser: Browser, hub: Hub, name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(hub.service);
  await signIn(page, name, hub.password);
  await expect(page.getByRole('heading', { name: 'Dashboards', level: 1 })).toBeVisible();
  return page;
}

const card = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

async function expectFits(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual(
      []
    );
  }
}

/** Pages that a browser has shown in a tab, as paths without queries. */
function pagesOf(page: Page): string[] {
  const shown: string[] = [];
  page.on('framenavigated', frame => {
    if (frame === page.mainFrame()) {
      shown.push(new URL(page.url()).pathname);
    }
  });
  return shown;
}

test.describe.configure({ mode: 'serial' });

let alice: Person;
let tides: Dashboard;
test.beforeAll(async ({ hub }) => {
  alice = await Person.signIn(hub, 'alice');
  tides = await alice.publishLive({ name: 'Tide tables', app: 'plain', audience: EVERYONE });
});

test('a phone that nobody has signed in on: link, sign-in, dashboard, and no page in between', async ({
  browser,
  hub
}) => {
  const page = await (await browser.newContext(PHONE)).newPage();
  const shown = pagesOf(page);
  await page.goto(tides.link);
  await signIn(page, 'bob', hub.password);
  await expect(page.getByText(NOTE)).toBeVisible();
  expect(shown.filter(path => !/\/hub\/login$|\/d\/tide-tables$|\/user\/alice\/dash-/.test(path))).toEqual([]);
  expect(shown.filter(path => path.endsWith('/hub/login')).length).toBeLessThanOrEqual(1);
});

test("the Hub's menu leads to a gallery that lives, on a phone as on a desktop", async ({ browser, hub }) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${hub.url}hub/home`);
  await signIn(page, 'bob', hub.password);
  await page
    .getByRole('button', { name: 'Services' })
    .or(page.getByRole('link', { name: 'Services' }))
    .click();
  await page.getByRole('link', { name: 'Dashboards', exact: true }).click();
  await expect(card(page, 'Tide tables')).toContainText('Running');
  await expect(card(page, 'Tide tables')).toContainText('by alice');
  await expectAccessible(page);
  await page.setViewportSize(PHONE.viewport);
  await expectFits(page);
  await expect(page.getByRole('button', { name: 'Stop Tide tables' })).toHaveCount(0);

  await test.step('it follows what happens, and says so', async () => {
    await page.evaluate(() => Object.assign(window, { same: true }));
    await alice.call('POST', `api/v1/dashboards/${tides.id}/stop`);
    await expect(card(page, 'Tide tables')).toContainText('Stopped');
    await expect(page.locator('#said')).toHaveText('Tide tables: Stopped');
    const { reply } = await alice.publish({ name: 'Sun and moon', app: 'plain', audience: EVERYONE });
    await expect(card(page, 'Sun and moon')).toBeVisible();
    await alice.call('DELETE', `api/v1/dashboards/${reply.dashboard.id}`);
    await expect(card(page, 'Sun and moon')).toHaveCount(0);
    expect(await page.evaluate(() => Reflect.get(window, 'same'))).toBe(true);
  });

  await test.step('and catches up after the connection was lost', async () => {
    await page.context().setOffline(true);
    await expect(page.getByRole('alert')).toContainText('No connection');
    await alice.call('POST', `api/v1/dashboards/${tides.id}/start`);
    await alice.dashboard(tides.id, ({ state }) => state === 'running');
    await page.context().setOffline(false);
    await expect(card(page, 'Tide tables')).toContainText('Running');
    await expect(page.getByRole('alert')).toBeHidden();
  });

  await test.step('a search finds while one types', async () => {
    await page.getByRole('searchbox').fill('nothing of the kind');
    await expect(page.getByRole('heading', { name: 'No dashboard matches' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('searchbox').fill('TIDE');
    await expect(card(page, 'Tide tables')).toBeVisible();
    await expect(page).toHaveURL(/[?&]search=TIDE/);
    await page.getByRole('link', { name: 'Mine', exact: true }).click();
    await expect(page).toHaveURL(/search=TIDE/);
    await expect(card(page, 'Tide tables')).toHaveCount(0);
  });
});

test('seven galleries in one browser leave connections for every other page', async ({ browser, hub }) => {
  const context = await browser.newContext();
  // Without a screen Chromium calls every tab visible: the page is told what a person's browser would tell it.
  await context.addInitScript(() => {
    let visibility: DocumentVisibilityState = 'visible';
    Object.defineProperty(document, 'visibilityState', { get: () => visibility });
    Object.defineProperty(document, 'hidden', { get: () => visibility === 'hidden' });
    addEventListener('turn', event => {
      visibility = (event as CustomEvent<DocumentVisibilityState>).detail;
      document.dispatchEvent(new Event('visibilitychange'));
    });
  });
  const turn = (page: Page, visibility: DocumentVisibilityState) =>
    page.evaluate(detail => dispatchEvent(new CustomEvent('turn', { detail })), visibility);
  const first = await context.newPage();
  await first.goto(hub.service);
  await signIn(first, 'bob', hub.password);
  await expect(card(first, 'Tide tables')).toContainText('Running');
  await turn(first, 'hidden');
  for (let tab = 2; tab <= 7; tab++) {
    const page = await context.newPage();
    await page.goto(hub.service);
    await expect(card(page, 'Tide tables')).toBeVisible();
    await turn(page, 'hidden');
  }
  const home = await context.newPage();
  await home.goto(`${hub.url}hub/home`);
  await expect(home.getByRole('link', { name: 'Logout' }).or(home.locator('#logout'))).toBeVisible();

  await test.step('and a gallery that is seen again catches up, and follows', async () => {
    await alice.call('POST', `api/v1/dashboards/${tides.id}/stop`);
    await alice.dashboard(tides.id, ({ state }) => state === 'off');
    await turn(first, 'visible');
    await expect(card(first, 'Tide tables')).toContainText('Stopped');
    await alice.call('POST', `api/v1/dashboards/${tides.id}/start`);
    await expect(card(first, 'Tide tables')).toContainText('Running');
  });
  await context.close();
});

test('owners start and stop by keyboard, and keep their place', async ({ browser, hub }) => {
  const page = await gallery(browser, hub, 'alice');
  const order: string[] = [];
  for (let n = 0; n < 11; n++) {
    await page.keyboard.press('Tab');
    order.push(
      await page.evaluate(() => {
        const { ariaLabel, id, textContent } = document.activeElement as HTMLElement;
        return ariaLabel ?? (id || (textContent ?? '').trim());
      })
    );
  }
  expect(order).toEqual([
    'Skip to the content',
    'Dashboards',
    'JupyterHub',
    'Sign out',
    'search',
    'Search',
    'For me',
    'Mine',
    'Shared with me',
    'Tide tables',
    'Stop Tide tables'
  ]);
  await test.step('nobody is cut off without a question', async () => {
    const bob = await gallery(browser, hub, 'bob');
    await bob.goto(tides.link);
    await expect(bob.getByText(NOTE)).toBeVisible();
    await expect(card(page, 'Tide tables')).toContainText('looking now');
    const asked = page.waitForEvent('dialog');
    const pressed = page.keyboard.press('Enter');
    const dialog = await asked;
    expect(dialog.message()).toMatch(/^Stop Tide tables\? \d+ (person is|people are) looking at it now\./);
    await dialog.dismiss();
    await pressed;
    await expect(page.getByRole('button', { name: 'Stop Tide tables' })).toBeFocused();
    expect((await alice.dashboard(tides.id, () => true)).desired).toBe('on');
  });
  page.once('dialog', dialog => void dialog.accept());
  await page.keyboard.press('Enter');
  await expect(card(page, 'Tide tables')).toContainText('Stopped');
  await expect(page.getByRole('button', { name: 'Start Tide tables' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(card(page, 'Tide tables')).toContainText('Running');
  expect((await alice.dashboard(tides.id, ({ state }) => state === 'running')).desired).toBe('on');
});

test('without scripts: stop, read that it is stopped, start, arrive', async ({ browser, hub }) => {
  const page = await gallery(browser, hub, 'alice', { javaScriptEnabled: false });
  await page.getByRole('button', { name: 'Stop Tide tables' }).click();
  await expect(card(page, 'Tide tables')).toContainText('Stopped');
  await page.getByRole('link', { name: 'Tide tables' }).click();
  await expect(page.getByRole('heading', { name: 'Tide tables has been stopped' })).toBeVisible();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByText(NOTE)).toBeVisible({ timeout: 60_000 });
  await expect(page).toHaveURL(url => url.origin === hub.dashboards);
});

test('states are told in words that fit a phone', async ({ browser, hub }) => {
  const viewer = await gallery(browser, hub, 'bob', PHONE);
  const owner = await gallery(browser, hub, 'alice', PHONE);

  await test.step('stopped', async () => {
    await alice.call('POST', `api/v1/dashboards/${tides.id}/stop`);
    for (const [page, says] of [
      [viewer, 'Ask alice to start it again.'],
      [owner, 'Nobody can open it until you start it again.']
    ] as const) {
      expect((await page.goto(tides.link))?.status()).toBe(503);
      await expect(page.getByText(says)).toBeVisible();
      await expectFits(page);
      await expectAccessible(page);
    }
  });

  await test.step('asleep, waking', async () => {
    await owner.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(owner.getByText(NOTE)).toBeVisible({ timeout: 60_000 });
  });

  await test.step('does not work', async () => {
    const { reply } = await alice.publish({ name: 'Broken', app: 'failing', audience: EVERYONE });
    await alice.dashboard(reply.dashboard.id, ({ state }) => state === 'failed');
    await viewer.goto(reply.dashboard.link);
    await expect(viewer.getByRole('heading', { name: 'Broken does not work at the moment' })).toBeVisible();
    await expect(viewer.getByText('Its owner, alice, can see why.')).toBeVisible();
    await owner.goto(reply.dashboard.link);
    await expect(owner.getByRole('heading', { name: 'Broken does not work' })).toBeVisible();
    await expect(owner.getByRole('link', { name: 'Open JupyterLab' })).toBeVisible();
    for (const page of [viewer, owner]) {
      await expectFits(page);
      await expectAccessible(page);
    }
    const [download] = await Promise.all([
      owner.waitForEvent('download'),
      owner.getByRole('link', { name: 'Download the whole log' }).click()
    ]);
    expect(download.suggestedFilename()).toContain('broken');
  });

  await test.step('not there, or not for this person: they may sign in as another', async () => {
    const secret = await alice.publishLive({
      name: 'For Carol',
      app: 'plain',
      audience: { kind: 'people', users: ['carol'], groups: [] }
    });
    const missing = await viewer.goto(new URL('no-such-dashboard', secret.link).href);
    const text = await viewer.locator('main').innerText();
    const hidden = await viewer.goto(secret.link);
    expect([missing?.status(), hidden?.status()]).toEqual([404, 404]);
    expect(await viewer.locator('main').innerText()).toBe(text);
    expect(text).toContain('You are signed in as bob.');
    await expectFits(viewer);
    await expectAccessible(viewer);
    await viewer.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await signIn(viewer, 'carol', hub.password);
    await expect(viewer.getByText(NOTE)).toBeVisible();
  });
});

test('signing out ends it for the gallery, the dashboards and the Hub', async ({ browser, hub }) => {
  const page = await gallery(browser, hub, 'carol');
  await page.getByRole('link', { name: 'Tide tables' }).click();
  await expect(page.getByText(NOTE)).toBeVisible({ timeout: 60_000 });
  await page.goto(hub.service);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/hub\/log(?:in|out)/);
  await page.goto(tides.link);
  await expect(page.locator('#username_input')).toBeVisible();
});
