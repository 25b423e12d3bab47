import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '../fixtures/hub';
import { Lab } from '../pages/lab';
import { Person } from '../pages/person';
import { signIn } from '../pages/sign-in';

const IMAGES = join(dirname(fileURLToPath(import.meta.url)), '../../docs/images');
const picture = (name: string) => ({ path: join(IMAGES, `${name}.png`), animations: 'disabled' as const });

test.use({ viewport: { width: 1100, height: 700 } });

test('pictures of the dialog, the panel and a dashboard', async ({ browser, hub }) => {
  const alice = await (await browser.newContext()).newPage();
  const lab = new Lab(alice);
  await alice.goto(`${hub.url}user/alice/lab/tree/quarterly-sales/quarterly-sales.ipynb`);
  await signIn(alice, 'alice', hub.password);
  await lab.ready();
  // Whether Lab asks about news just then is no part of the picture.
  await alice.addStyleTag({ content: '.Toastify { display: none; }' });
  await expect(lab.file('quarterly-sales.ipynb')).toBeVisible();

  const dialog = await lab.publish('quarterly-sales.ipynb');
  await dialog.shareWith('bob');
  await dialog.submit();
  await dialog.live(1);
  await expect(dialog.locator()).toContainText('Running');
  await alice.screenshot(picture('publish'));
  const link = (await dialog.link.getAttribute('href')) ?? '';
  await dialog.close();
  await expect((await lab.panel()).getByRole('listitem')).toHaveCount(1);
  await alice.screenshot(picture('panel'));

  const bob = await (await browser.newContext()).newPage();
  await bob.goto(link);
  await signIn(bob, 'bob', hub.password);
  await expect(bob.getByText('growth makes')).toBeVisible({ timeout: 90_000 });
  await bob.screenshot(picture('dashboard'));
});

test('pictures of what will be copied, and of a repository', async ({ browser, hub }) => {
  const home = join(hub.data, 'home/alice');
  const write = (path: string, text: string | Uint8Array = '') => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  write('energy-report/index.html', '<h1>Energy</h1>');
  write('energy-report/data/readings.parquet', randomBytes(38_000_000));
  write('energy-report/.env', 'METER_PASSWORD=x');
  write('energy-report/.dashboardignore', 'drafts/\n');
  write('energy-report/drafts/ideas.md');
  write('energy-report/.ipynb_checkpoints/index.html');
  write('team-reports/energy/index.html', '<h1>Energy</h1>');
  const clone = join(home, 'team-reports');
  const git = (...words: string[]) => execFileSync('git', ['-C', clone, ...words]);
  git('init', '--quiet', '--initial-branch=main');
  git('remote', 'add', 'origin', 'https://git.example.org/team/reports.git');
  git('add', '--all');
  git('-c', 'user.name=alice', '-c', 'user.email=alice@example.org', 'commit', '--quiet', '--message=Energy');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  write('team-reports/energy/notes.md');

  const alice = await (await browser.newContext({ viewport: { width: 1100, height: 950 } })).newPage();
  const lab = new Lab(alice);
  const open = async (folder: string) => {
    await alice.goto(`${hub.url}user/alice/lab/tree/${folder}?reset`);
    await lab.ready();
    return (await lab.publish('index.html')).locator();
  };
  await alice.goto(`${hub.url}user/alice/lab`);
  await signIn(alice, 'alice', hub.password);
  let dialog = await open('energy-report');
  const plan = dialog.getByRole('region', { name: 'What will be copied' });
  await expect(plan).toContainText('will be copied.');
  await plan.getByText(/left out$/).click();
  await plan.getByText('Largest files').click();
  await alice.locator('.jp-Dialog-content').screenshot(picture('plan'));
  dialog = await open('team-reports/energy');
  await dialog.getByLabel(/^As on main/).check();
  await dialog.getByLabel('Read the repository with').selectOption({ label: 'A new token…' });
  await dialog.getByLabel('Token for git.example.org').fill('a-token-that-is-none');
  const planned = dialog.getByRole('region', { name: 'What will be copied' });
  await expect(planned).toContainText('1 file');
  await expect(planned).toHaveAttribute('aria-busy', 'false');
  await alice.locator('.jp-Dialog-content').screenshot(picture('repository'));
});

test('pictures of the gallery', async ({ browser, hub }) => {
  const author = await Person.signIn(hub, 'alice');
  const others = [
    { name: 'Tide tables', description: 'Water levels of the harbour for the next seven days.' },
    { name: 'Energy monitor', description: 'What each building uses, by the hour.' },
    { name: 'Clinical trial enrolment', description: 'Weekly enrolment by site, against the plan.' }
  ];
  for (const { name, description } of others) {
    const { id } = await author.publishLive({ name, app: 'plain', audience: { kind: 'everyone' } });
    await author.call('PATCH', `api/v1/dashboards/${id}`, { description });
  }
  const bob = await (await browser.newContext()).newPage();
  await bob.goto(hub.service);
  await signIn(bob, 'bob', hub.password);
  await expect(bob.getByText('Being built')).toHaveCount(0);
  await expect(bob.getByRole('heading', { name: others[0]?.name })).toBeVisible();
  await bob.screenshot(picture('gallery'));
  await bob.setViewportSize({ width: 390, height: 844 });
  await bob.screenshot(picture('gallery-phone'));
});
