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
  await alice.screenshot(picture('form'));
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
