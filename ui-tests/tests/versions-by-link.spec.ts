import { expect, test } from '../fixtures/hub';
import { Person } from '../pages/person';
import { Sample } from '../pages/sample';
import { signIn } from '../pages/sign-in';

const EDITIONS = ['sample edition', 'second edition', 'third edition'] as const;

test('a colleague opens an older version by its link and works with it, whatever is live', async ({ browser, hub }) => {
  const sample = new Sample(hub, await Person.signIn(hub, 'alice'), 'streamlit-sales');
  const { dashboard } = await sample.publish();
  sample.edit('app.py', EDITIONS[0], EDITIONS[1]);
  expect((await sample.update(dashboard)).n).toBe(2);

  const context = await browser.newContext();
  const old = await context.newPage();
  await old.goto(`${hub.url}hub/home`);
  await signIn(old, 'bob', hub.password);
  await old.waitForURL(`${hub.url}hub/home`);

  await test.step('beside the live one', async () => {
    await old.goto(`${dashboard.link}@1`);
    await expect(old.getByText(`${EDITIONS[0]}: 5 % growth makes 1,050 k€`)).toBeVisible();
    await expect(old).toHaveURL(url => url.origin === hub.dashboards && url.pathname.endsWith('/v/1/'));
    const live = await context.newPage();
    await live.goto(dashboard.link);
    await expect(live.getByText(EDITIONS[1])).toBeVisible();
    await live.close();
  });

  await test.step('an update does not disturb it: the same page goes on', async () => {
    sample.edit('app.py', EDITIONS[1], EDITIONS[2]);
    expect((await sample.update(dashboard)).n).toBe(3);
    await old.getByRole('slider').press('ArrowRight');
    await expect(old.getByText(`${EDITIONS[0]}: 6 % growth makes 1,060 k€`)).toBeVisible();
  });

  await test.step('a bookmark into a version that has ended leads to the same place in the live one', async () => {
    const page = await context.newPage();
    const bookmark = `${old.url().replace('/v/1/', '/v/2/')}?region=north#details`;
    // Version 2 is drained for a minute at most: who comes back to it until then uses it.
    await expect(async () => {
      await page.goto('about:blank');
      await page.goto(bookmark);
      await expect(page).toHaveURL(/\/v\/3\/\?region=north#details$/, { timeout: 1_000 });
    }).toPass({ timeout: 100_000 });
    await expect(page.getByText(EDITIONS[2])).toBeVisible();
    await page.close();
  });

  await test.step('a version that does not exist says so, and leads to the live one', async () => {
    const answer = await old.goto(`${dashboard.link}@9`);
    expect(answer?.status()).toBe(404);
    await expect(old.getByText('There is no version 9.')).toBeVisible();
    await old.getByRole('link', { name: /^Open / }).click();
    await expect(old.getByText(EDITIONS[2])).toBeVisible();
  });
});
