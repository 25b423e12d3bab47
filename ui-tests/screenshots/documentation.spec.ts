import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '../fixtures/hub';
import { Lab } from '../pages/lab';
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
