import type { Page } from '@playwright/test';

import type { Dashboard } from '../../server/contract';
import { expect } from '../fixtures/hubs';
import type { Person } from './person';
import { signIn } from './sign-in';

/** What Bob would not want read: it is on pages and in replies that are for him. */
export const SECRETS = {
  identity: /\buser: "bob"|"name": ?"bob"/,
  file: 'a page of the diary of bob',
  dashboard: 'Ledger for the eyes of bob',
  content: 'the balance that carol shows to bob'
};

/** One thing that the hostile page tried, and what it could read of the answer. */
export interface Attempt {
  way: string;
  url: string;
  status: number;
  text: string;
}

/**
 * Alice's dashboard attacks whoever opens it. `hosts` are the origins at which it tries the hub, `others` addresses of
 * another author's dashboard.
 */
export function publishAttack(alice: Person, hosts: string[], others: string[] = []): Promise<Dashboard> {
  const own = ['', 'hub/home', 'hub/token', 'hub/api/user', 'hub/api/users/bob/tokens'];
  const lab = [
    'user/bob/lab',
    'user/bob/files/diary.txt',
    'user/bob/api/contents/diary.txt',
    'user/alice/api/contents'
  ];
  const service = ['', 'api/v1/whoami', 'api/v1/dashboards'].map(path => `services/dashboards/${path}`);
  const source = { kind: 'files', root: '/tmp', entry: 'x.py', scope: 'file' };
  const targets = {
    reads: [...hosts.flatMap(host => [...own, ...lab, ...service].map(path => `${host}/${path}`)), ...others],
    posts: hosts.flatMap(host => [
      { url: `${host}/hub/api/users/bob/tokens`, body: { note: 'stolen' } },
      { url: `${host}/hub/api/users/bob/servers/stolen`, body: {} },
      { url: `${host}/services/dashboards/api/v1/dashboards`, body: { name: 'stolen', source } }
    ])
  };
  return alice.publishLive({
    name: 'Prize draw',
    app: 'hostile',
    files: { 'targets.json': JSON.stringify(targets) },
    audience: { kind: 'everyone' }
  });
}

/** A dashboard of Carol's that Bob may see. */
export function publishLedger(carol: Person): Promise<Dashboard> {
  return carol.publishLive({
    name: SECRETS.dashboard,
    app: 'plain',
    files: { 'note.txt': SECRETS.content },
    audience: { kind: 'people', users: ['bob'], groups: [] }
  });
}

/** Bob signs in, opens the hostile dashboard and waits until it has tried everything. */
export async function suffer(page: Page, link: string, password: string): Promise<Attempt[]> {
  await page.goto(link);
  const signInForm = page.locator('#username_input');
  await expect(signInForm.or(page.getByRole('heading', { name: 'Prize draw' }))).toBeVisible();
  if (await signInForm.isVisible()) {
    await signIn(page, 'bob', password);
  }
  await expect(page).toHaveTitle('done', { timeout: 180_000 });
  return JSON.parse((await page.locator('#report').textContent()) ?? '') as Attempt[];
}

/** The attempts that got hold of a secret, as `way url`. */
export function gains(attempts: Attempt[], secret: string | RegExp): string[] {
  return attempts
    .filter(({ text }) => (typeof secret === 'string' ? text.includes(secret) : secret.test(text)))
    .map(({ way, url }) => `${way} ${new URL(url).pathname}`);
}

/** What can be had by acting as Bob, and must be the same after the attack as before. */
export async function possessions(bob: Person, admin: Person) {
  const { reply } = await admin.call<{ dashboards: Dashboard[] }>('GET', 'api/v1/dashboards?filter=all');
  return {
    // Tokens that clients of the Hub's OAuth hold come and go with visits.
    tokens: (await bob.tokens()).filter(token => token.oauth_client === 'JupyterHub').map(({ id }) => id),
    servers: Object.keys(await admin.servers('bob')),
    dashboards: reply.dashboards.map(({ name }) => name).sort()
  };
}
