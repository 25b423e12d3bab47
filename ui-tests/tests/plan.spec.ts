import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '../fixtures/hub';
import { Lab } from '../pages/lab';
import { signIn } from '../pages/sign-in';

test('the dialog says what will be copied, what is in the way, and what is new, before anything is', async ({
  page,
  hub
}) => {
  const project = join(hub.data, 'home/alice/planned');
  mkdirSync(join(project, '.git'), { recursive: true });
  writeFileSync(join(project, 'index.html'), '<h1>Plans</h1>');
  writeFileSync(join(project, '.env'), 'PASSWORD=x');
  symlinkSync('/mnt/data', join(project, 'data'));
  const lab = new Lab(page);
  // As on a first visit: the panel may be open since the last one.
  await page.goto(`${hub.url}user/alice/lab/tree/planned?reset`);
  await signIn(page, 'alice', hub.password);
  await lab.ready();

  let dialog = await lab.publish('index.html');
  const plan = dialog.locator().getByRole('region', { name: 'What will be copied' });
  await expect(plan).toContainText('2 files (24 bytes) will be copied.');
  await expect(plan).toContainText('This file probably holds a secret, and would be published: .env.');
  await expect(plan).toContainText('1 item is left out');
  await expect(plan.getByRole('alert')).toContainText('Some links in the folder lead out of it.');
  await expect(plan).toContainText('data → /mnt/data');
  await expect(dialog.locator().getByRole('button', { name: 'Publish', exact: true })).toHaveAttribute(
    'aria-disabled',
    'true'
  );

  rmSync(join(project, 'data'));
  await plan.getByRole('button', { name: 'Look again' }).click();
  await expect(plan.getByRole('alert')).toHaveCount(0);
  await dialog.submit();
  await dialog.live(1);
  await dialog.close();

  appendFileSync(join(project, 'index.html'), '<p>More of them</p>');
  writeFileSync(join(project, 'new.css'), '');
  dialog = await lab.publish('index.html');
  await expect(plan).toContainText('Since version 1: 1 file changed, 1 new file.');
  await dialog.close();
  await lab.deleteDashboard('Planned');
});

test('a file in a clone can be published as it is on its branch, and the dialog says what that is and what it lacks', async ({
  page,
  hub
}) => {
  const project = join(hub.data, 'home/alice/cloned');
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  const git = (...words: string[]) => execFileSync('git', ['-C', project, ...words], { encoding: 'utf8' });
  const commit = () => {
    git('add', '--all', '--force');
    git('-c', 'user.name=alice', '-c', 'user.email=alice@example.org', 'commit', '--quiet', '--message=Plans');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  };
  writeFileSync(join(project, 'index.html'), '<h1>Plans</h1>');
  writeFileSync(join(project, '.env'), 'PASSWORD=x');
  writeFileSync(join(project, 'node_modules/a.js'), '');
  symlinkSync('/mnt/data', join(project, 'data'));
  git('init', '--quiet', '--initial-branch=main');
  git('remote', 'add', 'origin', 'https://token@git.example.org/team/plans.git');
  commit();
  writeFileSync(join(project, 'note.txt'), 'Not committed');
  const lab = new Lab(page);
  // As on a first visit: the panel may be open since the last one.
  await page.goto(`${hub.url}user/alice/lab/tree/cloned?reset`);
  await signIn(page, 'alice', hub.password);
  await lab.ready();

  const dialog = await lab.publish('index.html');
  const plan = dialog.locator().getByRole('region', { name: 'What will be copied' });
  await expect(dialog.locator()).toContainText('Not committed: 1 file of this folder (note.txt).');
  await expect(plan).toContainText('3 files (37 bytes) will be copied.');
  const choice = dialog.locator().getByLabel('As on main of git.example.org/team/plans (origin)');
  await expect(choice).not.toBeChecked();
  await choice.check();
  await expect(plan).toContainText('2 files (24 bytes) will be copied.');
  await expect(plan).toContainText(`These are the files of commit ${git('rev-parse', 'HEAD').slice(0, 10)}`);
  await expect(plan).toContainText('This file probably holds a secret, and would be published: .env.');
  await expect(plan).toContainText('1 item is left out');
  await expect(plan.getByRole('alert')).toContainText('Some links in the folder lead out of it.');
  await expect(plan).toContainText('data → /mnt/data');

  rmSync(join(project, 'data'));
  commit();
  await plan.getByRole('button', { name: 'Look again' }).click();
  await expect(plan).toContainText('3 files (37 bytes) will be copied.');
  await expect(plan.getByRole('alert')).toHaveCount(0);

  git('update-ref', '-d', 'refs/remotes/origin/main');
  await choice.check();
  await dialog.locator().getByLabel('Repositories inside of it (submodules)').check();
  await expect(plan).toContainText('The clone here does not know main of https://git.example.org/team/plans.git.');
});
