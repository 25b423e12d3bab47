import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import type { ErrorReply, Whoami } from '../../server/contract';
import type { Hub } from '../fixtures/hub';
import { expect, test } from '../fixtures/hubs';
import { gains, possessions, publishAttack, publishLedger, SECRETS, suffer } from '../pages/attack';
import { Lab } from '../pages/lab';
import { Person } from '../pages/person';
import { signIn } from '../pages/sign-in';

const SESSION_COOKIES = /dash-session|dash-flow|dashboards-viewer|jupyterhub/;

/** Everybody is there, Bob's Lab runs and holds his diary, and Carol shares a dashboard with him. */
async function stage(hub: Hub) {
  const [alice, bob, carol, admin] = await Promise.all([
    Person.signIn(hub, 'alice'),
    Person.signIn(hub, 'bob'),
    Person.signIn(hub, 'carol'),
    Person.signIn(hub, 'admin')
  ]);
  const [ledger] = await Promise.all([publishLedger(carol), admin.startLab('bob')]);
  writeFileSync(join(hub.data, 'home', 'bob', 'diary.txt'), SECRETS.file);
  const server = Object.keys(await admin.servers('carol')).find(name => name.startsWith('dash-'));
  return { alice, bob, carol, admin, ledger, ledgerPath: `/user/carol/${server}/v/1/` };
}

/** Bob looks at what is his before he opens Alice's page: all his sessions stand. */
async function lookAround(page: Page, hubUrl: string, password: string, ledger: string) {
  await page.goto(`${hubUrl}hub/home`);
  await signIn(page, 'bob', password);
  await page.waitForURL(/\/hub\/home/);
  await page.goto(`${hubUrl}user/bob/files/diary.txt`);
  await expect(page.locator('body')).toContainText(SECRETS.file);
  await page.goto(ledger);
  await expect(page.getByText(SECRETS.content)).toBeVisible();
}

async function headersSeen(page: Page): Promise<string> {
  return page.evaluate(() => fetch('headers').then(response => response.text()));
}

test('on a second host name a hostile dashboard gains nothing but other dashboards on it', async ({
  browser,
  isolated: hub
}) => {
  const { alice, bob, admin, ledger, ledgerPath } = await stage(hub);
  const page = await (await browser.newContext()).newPage();
  await lookAround(page, hub.url, hub.password, ledger.link);
  const attack = await publishAttack(alice, [new URL(hub.url).origin, hub.dashboards], [hub.dashboards + ledgerPath]);
  const before = await possessions(bob, admin);

  const attempts = await suffer(page, attack.link, hub.password);

  expect(new URL(page.url()).origin).toBe(hub.dashboards);
  expect(new Set(attempts.map(({ way }) => way))).toEqual(
    new Set(['fetch cors', 'fetch no-cors', 'XHR', 'iframe', 'popup', 'POST cors', 'POST no-cors', 'form'])
  );
  for (const secret of [SECRETS.identity, SECRETS.file, SECRETS.dashboard]) {
    expect(gains(attempts, secret)).toEqual([]);
  }
  // A browser knows no boundary below the origin: hubs whose authors need one give each of them a name of their own.
  expect(gains(attempts, SECRETS.content).sort()).toEqual(
    ['XHR', 'fetch cors', 'fetch no-cors', 'iframe', 'popup'].map(way => `${way} ${ledgerPath}`)
  );
  expect(await possessions(bob, admin)).toEqual(before);
  expect(await page.evaluate(() => document.cookie)).not.toMatch(SESSION_COOKIES);
  const headers = await headersSeen(page);
  expect(headers).toContain('X-Dashboards');
  expect(headers).not.toMatch(SESSION_COOKIES);
  expect(headers).not.toMatch(/"(?:authorization|x-xsrftoken)"/i);
});

test('with a host name for each author, a hostile dashboard gains nothing from other dashboards either', async ({
  browser,
  perOwner: hub
}) => {
  const { alice, bob, admin, ledger, ledgerPath } = await stage(hub);
  const page = await (await browser.newContext()).newPage();
  await lookAround(page, hub.browserUrl, hub.password, ledger.link);
  const { port } = new URL(hub.url);
  const of = (name: string) => `http://${name}.example.localhost:${port}`;
  expect(page.url()).toBe(`${of('carol.dash')}${ledgerPath}`);
  const others = [of('carol.dash'), of('alice.dash'), of('hub')].map(host => `${host}${ledgerPath}`);
  const attack = await publishAttack(alice, [of('hub'), of('alice.dash')], others);
  const before = await possessions(bob, admin);

  const attempts = await suffer(page, attack.link, hub.password);

  expect(new URL(page.url()).origin).toBe(of('alice.dash'));
  for (const secret of Object.values(SECRETS)) {
    expect(gains(attempts, secret)).toEqual([]);
  }
  expect(await possessions(bob, admin)).toEqual(before);
  expect(await page.evaluate(() => document.cookie)).not.toMatch(SESSION_COOKIES);
  expect(await headersSeen(page)).not.toMatch(SESSION_COOKIES);
  await page.goto(`${of('alice.dash')}${ledgerPath}`);
  await expect(page, "carol's dashboard is not served under alice's name").toHaveURL(
    `${of('carol.dash')}${ledgerPath}`
  );
});

test('without isolation the same attack takes its viewer over', async ({ browser, trusting: hub }) => {
  const { alice, bob, admin, ledger, ledgerPath } = await stage(hub);
  const page = await (await browser.newContext()).newPage();
  await lookAround(page, hub.url, hub.password, ledger.link);
  const origin = new URL(hub.url).origin;
  const attack = await publishAttack(alice, [origin], [`${origin}${ledgerPath}`]);
  const before = await possessions(bob, admin);

  const attempts = await suffer(page, attack.link, hub.password);

  expect(gains(attempts, SECRETS.identity)).toEqual(
    expect.arrayContaining(['fetch cors /hub/home', 'XHR /hub/home', 'popup /hub/home'])
  );
  expect(gains(attempts, SECRETS.file)).toContain('fetch no-cors /user/bob/api/contents/diary.txt');
  expect(gains(attempts, SECRETS.dashboard)).toContain('fetch cors /services/dashboards/');
  expect(gains(attempts, SECRETS.content)).toContain(`fetch cors ${ledgerPath}`);
  const after = await possessions(bob, admin);
  expect(after.tokens.length, 'tokens of Bob').toBeGreaterThan(before.tokens.length);
  expect(after.servers).toContain('stolen');
});

test('sharing is off where nothing keeps dashboards and the Hub apart', async ({ browser, strict: hub }) => {
  const alice = await Person.signIn(hub, 'alice');

  await test.step('the API refuses, and says what the administrator can write', async () => {
    const { reply: whoami } = await alice.call<Whoami>('GET', 'api/v1/whoami');
    expect(whoami.audiences).toEqual(['owner']);
    for (const audience of [{ kind: 'everyone' as const }, { kind: 'people' as const, users: ['bob'], groups: [] }]) {
      const { status, reply } = await alice.publish({ name: 'Prize draw', app: 'plain', audience });
      expect([status, (reply as ErrorReply).error.code]).toEqual([403, 'sharing_needs_isolation']);
      expect(reply.error.fix).toContain('dashboards_origin=');
    }
  });

  await test.step('the dialog offers no audience but "Only me", and says why', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${hub.url}user/alice/lab`);
    await signIn(page, 'alice', hub.password);
    const lab = new Lab(page);
    await lab.ready();
    await lab.openFolder('plain');
    const dialog = (await lab.publish('server.py')).locator();
    await expect(dialog.getByLabel('Only me')).toBeEnabled();
    await expect(dialog.getByLabel('People and groups')).toBeDisabled();
    await expect(dialog.getByLabel('Everyone signed in')).toBeDisabled();
    await expect(dialog).toContainText('Dashboards cannot be shared yet');
    await expect(dialog).toContainText('trust_all_authors=True');
  });

  const dashboard = await alice.publishLive({ name: 'Only mine', app: 'plain', audience: { kind: 'owner' } });
  await test.step('nor can a dashboard be shared later', async () => {
    const change = { audience: { kind: 'everyone' } };
    const { status, reply } = await alice.call<ErrorReply>('PATCH', `api/v1/dashboards/${dashboard.id}`, change);
    expect([status, reply.error.code]).toEqual([403, 'sharing_needs_isolation']);
  });
});
