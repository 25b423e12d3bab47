import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page, Request } from '@playwright/test';

import { argumentsOf, familyOf } from '../../scripts/demo/processes.mjs';
import type { PushOrder, Version, VersionList } from '../../server/contract';
import { createRepository } from '../../server/runner/testing/git-repository';
import { addLfs } from '../../server/runner/testing/lfs-server';
import { commitBesides, LFS_FILE, WORDS } from '../../server/runner/testing/repository-besides';
import { expect, test, TOKEN, type ApartHub } from '../fixtures/apart-hub';
import { holdAfter, type HeldLine } from '../../server/runner/testing/held-line';
import { Lab, type PublishDialog } from '../pages/lab';
import { PanelPage } from '../pages/panel';
import { Person } from '../pages/person';
import { signIn } from '../pages/sign-in';

const APP = join(dirname(dirname(fileURLToPath(import.meta.url))), 'apps/telling');
const EDITIONS = [1, 2, 3].map(n => `EDITION = ${n}\n`);
const LARGE = 30_000_000;

test.describe.configure({ mode: 'serial' });

let page: Page;
let lab: Lab;
let panel: PanelPage;
let viewer: Page;
let alice: Person;
/** Bodies of all that the pages of both have got. */
const received: Promise<string>[] = [];
/** Requests that had the token in them. */
const telling: string[] = [];

test.beforeAll(async ({ browser, hub }) => {
  test.setTimeout(120_000);
  alice = await Person.signIn(hub, 'alice');
  page = await (await browser.newContext()).newPage();
  viewer = await (await browser.newContext()).newPage();
  for (const one of [page, viewer]) {
    // Streams of events never finish: what is in them, the API says too.
    one.on('requestfinished', request => received.push(bodyOf(request)));
    one.on('request', request => {
      if (`${request.url()} ${request.postData() ?? ''}`.includes(TOKEN)) {
        telling.push(`${request.method()} ${new URL(request.url()).pathname}`);
      }
    });
  }
  lab = new Lab(page);
  panel = new PanelPage(page);
  await page.goto(`${hub.url}user/alice/lab?reset`);
  await signIn(page, 'alice', hub.password);
  await lab.ready();
  await viewer.goto(`${hub.url}hub/home`);
  await signIn(viewer, 'bob', hub.password);
});

test.afterAll(async () => {
  await page.context().close();
  await viewer.context().close();
});

/** Opens a folder in Lab, and the form for its app. */
async function form(hub: ApartHub, folder: string): Promise<PublishDialog> {
  await page.goto(`${hub.url}user/alice/lab/tree/${folder}?reset`);
  await lab.ready();
  const dialog = await lab.publish('server.py');
  await dialog.framework.selectOption('command');
  await dialog.locator().getByLabel('Command', { exact: true }).fill('{python} {entry}');
  await dialog.shareWith('bob');
  return dialog;
}

async function sees(link: string, edition: number): Promise<void> {
  await expect(async () => {
    await viewer.goto(link);
    await expect(viewer.getByRole('heading', { name: `Edition ${edition}` })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
}

async function versions(name: string): Promise<Version[]> {
  const { id } = await panel.dashboard(alice, name);
  return (await alice.call<VersionList>('GET', `api/v1/dashboards/${id}/versions`)).reply.versions;
}

async function address(dialog: PublishDialog): Promise<string> {
  return (await dialog.link.getAttribute('href')) ?? '';
}

test('a private repository: with a token that is typed into the dialog, and later its next commit', async ({ hub }) => {
  const { repository, git } = hub;
  const clone = join(hub.data, 'home/alice/clone');
  const files = Object.fromEntries(readdirSync(APP).map(name => [`apps/sales/${name}`, readFileSync(join(APP, name))]));
  repository.commit(files);
  execFileSync('git', ['clone', '--quiet', repository.bare, clone]);
  execFileSync('git', ['-C', clone, 'remote', 'set-url', 'origin', `${git.url}sales.git`]);

  const dialog = await form(hub, 'clone/apps/sales');
  await dialog
    .locator()
    .getByLabel(/^As on main of .*sales \(origin\)$/)
    .check();
  await expect(dialog.locator()).toContainText('Both are the same, as far as is known here.');
  await dialog.locator().getByLabel('Read the repository with').selectOption({ label: 'A new token…' });
  await dialog.locator().getByLabel('Token for 127.0.0.1').fill('wrong');
  await dialog.submit();
  await expect(dialog.locator().getByRole('alert')).toContainText('127.0.0.1 does not show this repository');

  await dialog.locator().getByRole('button', { name: 'Change and try again' }).click();
  await dialog.locator().getByLabel('Read the repository with').selectOption({ label: 'A new token…' });
  await dialog.locator().getByLabel('Token for 127.0.0.1').fill(TOKEN);
  await dialog.submit();
  await dialog.live(2);
  const link = await address(dialog);
  await dialog.close();
  await sees(link, 1);

  const commit = repository.commit({ 'apps/sales/edition.py': EDITIONS[1] ?? '' });
  await panel.open();
  await panel.card('Sales').getByRole('button', { name: 'Update' }).click();
  await sees(link, 2);
  expect((await versions('Sales'))[0]).toMatchObject({ n: 3, live: true, strategy: 'git', commit, files: 2 });
});

test('that token is nowhere: on no page, in no answer, in no file, not with the app', async ({ hub }) => {
  const { id } = await panel.dashboard(alice, 'Sales');
  const paths = [
    'git-credentials',
    'dashboards',
    `dashboards/${id}`,
    `dashboards/${id}/versions`,
    `dashboards/${id}/logs`
  ];
  const answers = await Promise.all(paths.map(path => alice.call('GET', `api/v1/${path}`)));
  // The viewer's page tells all of the app's environment.
  await expect(viewer.locator('pre')).toContainText('"PORT"');
  const kept = () => JSON.stringify({ ...localStorage, ...sessionStorage });
  const shown = await Promise.all([page.content(), viewer.content(), page.evaluate(kept), viewer.evaluate(kept)]);
  const bodies = await Promise.all(received);
  expect(bodies.some(body => body.includes('git_refused'))).toBe(true);
  expect([...bodies, ...shown, JSON.stringify(answers)].filter(text => text.includes(TOKEN))).toEqual([]);
  expect(telling).toEqual(['POST /services/dashboards/api/v1/git-credentials']);
  expect(filesWith(hub.data, EDITIONS[1]?.trim() ?? '')).not.toBe('');
  expect(filesWith(hub.data, TOKEN)).toBe('');
  expect(filesWith(hub.data, Buffer.from(`oauth2:${TOKEN}`).toString('base64'))).toBe('');
});

test('files in Git LFS and a repository inside: named where they are missing, and fetched once both are ticked', async ({
  hub
}) => {
  const { repository, git } = hub;
  const clone = join(hub.data, 'home/alice/clone');
  const commit = commitBesides(repository, createRepository(hub.data, 'library'), addLfs(git), 'besides');
  // Whether or not this machine has git-lfs: it would wait for the server, which is in this process.
  const env = { PATH: process.env.PATH, HOME: hub.data, GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', ['-C', clone, 'pull', '--quiet', repository.bare, 'main'], { env });

  const dialog = await form(hub, 'clone/besides');
  await dialog
    .locator()
    .getByLabel(/^As on main of .*sales \(origin\)$/)
    .check();
  await dialog.locator().getByLabel('Read the repository with').selectOption({ label: 'A new token…' });
  await dialog.locator().getByLabel('Token for 127.0.0.1').fill(TOKEN);
  await dialog.submit();
  const alert = dialog.locator().getByRole('alert');
  await expect(alert).toContainText('The folder has files that are kept in Git LFS');
  await expect(alert).toContainText('Publish it again with files of Git LFS.');

  await dialog.locator().getByRole('button', { name: 'Change and try again' }).click();
  await dialog.locator().getByLabel('Files that the repository keeps in Git LFS').check();
  await dialog.submit();
  await expect(alert).toContainText('The folder has other repositories inside (submodules)');

  await dialog.locator().getByRole('button', { name: 'Change and try again' }).click();
  await dialog.locator().getByLabel('Repositories inside of it (submodules)').check();
  await dialog.submit();
  await dialog.live(3);
  const link = await address(dialog);
  await dialog.close();
  await expect(async () => {
    await viewer.goto(link);
    await expect(viewer.getByRole('heading', { name: WORDS })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  const large = await viewer.evaluate(async () => (await fetch('large.bin')).text());
  expect(large === LFS_FILE.toString()).toBe(true);
  expect((await versions('Besides'))[0]).toMatchObject({ n: 3, live: true, strategy: 'git', commit, files: 3 });
});

test('files as they are saved: what is saved in Lab is seen, and nothing is published for it', async ({ hub }) => {
  cpSync(APP, join(hub.data, 'home/alice/shared/saved'), { recursive: true });
  const dialog = await form(hub, 'shared/saved');
  await dialog.locator().getByLabel('As I save them, without versions to go back to').check();
  await expect(dialog.locator()).toContainText('Viewers see the files as you save them.');
  await dialog.submit();
  await dialog.live(1);
  const link = await address(dialog);
  await dialog.close();
  await sees(link, 1);

  await lab.append('edition.py', EDITIONS[1] ?? '');
  await sees(link, 2);
  expect(await versions('Saved')).toMatchObject([{ n: 1, live: true, strategy: 'live' }]);
});

test.describe('files that the dashboard’s server does not see', () => {
  const FOLDER = 'report';
  let root: string;
  let link: string;

  test.beforeAll(({ hub }) => {
    root = join(hub.data, 'home/alice', FOLDER);
    cpSync(APP, root, { recursive: true });
    writeFileSync(join(root, 'large.bin'), randomBytes(LARGE));
  });

  test('are sent, which dialog and panel show, and a second user opens the dashboard', async ({ hub }) => {
    const line = await holdLine(hub);
    const dialog = await form(hub, FOLDER);
    await expect(dialog.locator()).toContainText('3 files (30 MB) will be copied.');
    await dialog.submit();
    await expect(dialog.locator()).toContainText('Sending the files…');
    await expect(dialog.locator().locator('.jp-DashboardsProgress-line')).toHaveText(/^Received \d+ [kM]B of 30 MB$/);
    link = await address(dialog);
    await dialog.close();
    await panel.open();
    await expect(panel.card('Report')).toContainText('Sending the files…');
    line.letGo();
    await expect(panel.card('Report')).toContainText('Running', { timeout: 60_000 });
    await sees(link, 1);
    expect(await versions('Report')).toMatchObject([{ n: 1, live: true, strategy: 'relay', files: 3 }]);
    line.close();
  });

  test('are not sent again where they are the same', async () => {
    await page.getByRole('tab', { name: /^File Browser/ }).click();
    await lab.append('edition.py', EDITIONS[1] ?? '');
    const dialog = await lab.publish('server.py');
    await dialog.update();
    await dialog.live(2);
    await dialog
      .locator()
      .getByText(/^Log \(/)
      .click();
    await expect(dialog.locator().getByLabel('Log', { exact: true })).toContainText('1 file is new here, 1 kB');
    await dialog.close();
    await sees(link, 2);
  });

  test('are sent no longer once that is cancelled, and the live version stays', async ({ hub }) => {
    writeFileSync(join(root, 'large.bin'), randomBytes(LARGE));
    const line = await holdLine(hub);
    const dialog = await lab.publish('server.py');
    await dialog.update();
    await expect(dialog.locator().locator('.jp-DashboardsProgress-line')).toHaveText(/^Received \d+ [kM]B of 30 MB$/);
    expect(senders(hub)).toHaveLength(1);
    await dialog.locator().getByRole('button', { name: 'Cancel publishing' }).click();
    await expect(dialog.locator()).toContainText('Version 3 was cancelled.');
    await expect(dialog.locator()).toContainText('Version 2 stays live.');
    line.letGo();
    await expect.poll(() => senders(hub)).toEqual([]);
    await dialog.close();
    await sees(link, 2);
    expect((await versions('Report')).map(({ live, state }) => [live, state])).toEqual([
      [false, 'failed'],
      [true, 'ready'],
      [false, 'ready']
    ]);
    line.close();
  });
});

/** The next push goes by a line that is held in the middle of the files. */
async function holdLine(hub: ApartHub): Promise<HeldLine> {
  const line = await holdAfter(LARGE / 2, { port: Number(new URL(hub.url).port) });
  await page.route(
    ({ pathname }) => pathname.endsWith('/jupyterhub-dashboards/push'),
    async route => {
      const order = route.request().postDataJSON() as PushOrder;
      const addresses = order.addresses.map(({ url }) => {
        const { host, pathname } = new URL(url);
        return { url: `http://127.0.0.1:${line.port}${pathname}`, host };
      });
      await route.continue({ postData: JSON.stringify({ ...order, addresses }) });
    },
    { times: 1 }
  );
  return line;
}

function senders(hub: ApartHub): number[] {
  return familyOf(hub.pid).filter(pid => argumentsOf(pid).some(word => word.endsWith('js/push.js')));
}

async function bodyOf(request: Request): Promise<string> {
  const response = await request.response();
  // Of a redirect there is none, and none of what the page has left.
  return (await response?.text().catch(() => '')) ?? '';
}

/** Names of files in which a text stands, one a line. */
function filesWith(folder: string, text: string): string {
  return spawnSync('grep', ['-rlsF', '-D', 'skip', '-e', text, folder], { encoding: 'utf8' }).stdout;
}
