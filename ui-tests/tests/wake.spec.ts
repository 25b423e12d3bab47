import type { Browser, Page } from '@playwright/test';

import type { Dashboard } from '../../server/contract';
import type { Hub } from '../fixtures/hub';
import { expect, test } from '../fixtures/hubs';
import { Person } from '../pages/person';
import { signIn } from '../pages/sign-in';

const NOTE = 'the tide tables of today';

interface Harbour {
  alice: Person;
  admin: Person;
  dashboard: Dashboard;
  /** Name of its server at the Hub. */
  server: string;
  /** What stands in the address bar of those who look at it, with a query of the app's. */
  address: string;
}

/** Alice's dashboard, which is for Bob. */
async function publishHarbour(hub: Hub, name: string): Promise<Harbour> {
  const [alice, admin] = await Promise.all([Person.signIn(hub, 'alice'), Person.signIn(hub, 'admin')]);
  const known = Object.keys(await admin.servers('alice'));
  const audience = { kind: 'people' as const, users: ['bob'], groups: [] };
  const dashboard = await alice.publishLive({ name, app: 'plain', audience });
  const server = Object.keys(await admin.servers('alice')).find(one => !known.includes(one)) ?? '';
  return { alice, admin, dashboard, server, address: `/user/alice/${server}/v/1/?a=b` };
}

/** A page of somebody who is signed in at the Hub, or, without a name, of somebody who is not. */
async function pageOf(browser: Browser, hub: Hub, name?: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  if (name !== undefined) {
    await page.goto(`${hub.url}hub/home`);
    await signIn(page, name, hub.password);
    await page.waitForURL(`${hub.url}hub/home`);
  }
  return page;
}

async function expectDashboard(page: Page, hub: Hub, address: string): Promise<void> {
  await expect(page.getByText(NOTE)).toBeVisible({ timeout: 60_000 });
  await expect(page).toHaveURL(hub.dashboards + address);
}

/** Nobody may be led round in circles: that many pages are enough for any way to a dashboard. */
function countPages(page: Page): () => number {
  let pages = 0;
  page.on('framenavigated', frame => (pages += frame === page.mainFrame() ? 1 : 0));
  return () => pages;
}

for (const lab of ['running', 'stopped'] as const) {
  test(`a visit wakes a dashboard whose server an administrator has stopped, Lab ${lab}`, async ({
    browser,
    isolated: hub
  }) => {
    const harbour = await publishHarbour(hub, `Harbour, Lab ${lab}`);
    const { admin, server, dashboard } = harbour;
    await (lab === 'running' ? admin.startLab('alice') : admin.stop('alice', ''));
    const link = `${dashboard.link}?next=${encodeURIComponent('?a=b')}`;
    const bar = hub.dashboards + harbour.address;
    const people = {
      'its owner': await pageOf(browser, hub, 'alice'),
      'a viewer': await pageOf(browser, hub, 'bob'),
      'an outsider': await pageOf(browser, hub, 'carol')
    };

    await test.step('an outsider does not wake it, and is told that there is nothing', async () => {
      await admin.stop('alice', server);
      const page = people['an outsider'];
      for (const address of [dashboard.link, bar, `${new URL(hub.url).origin}${harbour.address}`]) {
        await page.goto(address);
        await expect(page.getByRole('heading', { name: 'There is no such dashboard' })).toBeVisible();
      }
      expect((await admin.servers('alice'))[server]?.stopped ?? true).toBe(true);
    });

    for (const [way, address] of Object.entries({ 'the stable link': link, 'the address bar': bar })) {
      for (const who of ['its owner', 'a viewer', 'somebody who has to sign in'] as const) {
        await test.step(`${who}, from ${way}`, async () => {
          await admin.stop('alice', server);
          const known = who === 'somebody who has to sign in' ? null : people[who];
          const page = known ?? (await pageOf(browser, hub));
          const pages = countPages(page);
          await page.goto(address);
          if (!known) {
            await signIn(page, 'bob', hub.password);
          }
          await expectDashboard(page, hub, harbour.address);
          expect(pages()).toBeLessThan(8);
          await page.goto('about:blank');
        });
      }
    }
  });
}

test('a dashboard that its owner has stopped says so, until its owner starts it', async ({
  browser,
  isolated: hub
}) => {
  const { alice, admin, dashboard, server, address } = await publishHarbour(hub, 'Harbour, off');
  const bob = await pageOf(browser, hub, 'bob');
  const owner = await pageOf(browser, hub, 'alice');
  const stopped = async () => (await admin.servers('alice'))[server]?.stopped ?? true;
  const { status } = await alice.call('POST', `api/v1/dashboards/${dashboard.id}/stop`);
  expect(status).toBeLessThan(300);
  await expect.poll(stopped).toBe(true);

  await test.step('a visit starts nothing', async () => {
    for (const at of [dashboard.link, hub.dashboards + address]) {
      await bob.goto(at);
      await expect(bob.getByRole('heading', { name: 'Harbour, off has been stopped' })).toBeVisible();
      await expect(bob.getByText('Ask alice to start it again.')).toBeVisible();
    }
    await owner.goto(dashboard.link);
    await expect(owner.getByRole('heading', { name: 'Harbour, off has been stopped' })).toBeVisible();
    await expect(owner.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
    expect(await stopped()).toBe(true);
  });

  await test.step("its owner starts it by hand on the Hub's home page: it is the dashboard, not Lab", async () => {
    await owner.goto(`${hub.url}hub/home`);
    await owner.locator(`tr[data-server-name="${server}"]`).getByRole('button', { name: 'start' }).click();
    await expect(owner.getByText(NOTE)).toBeVisible({ timeout: 60_000 });
    await expect(owner).toHaveURL(hub.dashboards + address.replace('?a=b', ''));
    await bob.goto(dashboard.link);
    await expect(bob.getByText(NOTE)).toBeVisible();
  });
});
