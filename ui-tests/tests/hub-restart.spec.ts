import { argumentsOf, processesOf } from '../../scripts/demo/processes.mjs';
import { expect, test, type Hub } from '../fixtures/hub';
import { Lab } from '../pages/lab';
import { PanelPage } from '../pages/panel';
import { Person } from '../pages/person';
import { signIn } from '../pages/sign-in';

/**
 * The restart of production hubs, on Kubernetes and where an operator has set `cleanup_servers = False`: the Hub ends in
 * order and takes its service with it; proxy, Labs and dashboards go on and are found again.
 */
test.use({ outlasted: true });

/** The processes of dashboards' apps. */
const apps = (hub: Hub) =>
  processesOf(hub.data).filter(pid => /\bpython[\d.]*\0server\.py\0/.test(argumentsOf(pid).join('\0')));

test('a restart of the Hub: the panel says so and catches up without a reload, and viewers notice nothing', async ({
  browser,
  hub
}) => {
  const alice = await Person.signIn(hub, 'alice');
  const dashboard = await alice.publishLive({ name: 'Plain', app: 'plain', audience: { kind: 'everyone' } });
  const change = (description: string) => alice.call('PATCH', `api/v1/dashboards/${dashboard.id}`, { description });
  const page = await (await browser.newContext()).newPage();
  const panel = new PanelPage(page);
  const card = panel.card('Plain');
  await page.goto(`${hub.url}user/alice/lab/tree/streamlit-sales/app.py`);
  await signIn(page, 'alice', hub.password);
  await new Lab(page).ready();
  await panel.open();
  await expect(card).toContainText('Running');
  // Gone with the first reload.
  await page.evaluate(() => Reflect.set(window, 'sameDocument', true));
  const viewer = await (await browser.newContext()).newPage();
  await viewer.goto(dashboard.link);
  await signIn(viewer, 'bob', hub.password);
  await expect(viewer.getByRole('heading', { name: 'Harbour' })).toBeVisible();
  const before = apps(hub);
  expect(before).toHaveLength(1);

  await hub.restart(async () => {
    await expect(panel.root).toContainText('Trying again…');
    await expect(card).toContainText('Plain');
    await panel.picture('away');
    await viewer.reload();
    await expect(viewer.getByRole('heading', { name: 'Harbour' })).toBeVisible();
  });

  // Most likely before the panel has a connection again.
  expect((await change('Tides')).status).toBe(200);
  await expect(card).toContainText('Tides');
  await expect(panel.root).not.toContainText('Trying again…');
  await expect(card).toContainText('Running');
  const asked = Date.now();
  await change('Tides and moons');
  await expect(card).toContainText('Tides and moons', { timeout: 10_000 });
  test.info().annotations.push({ type: 'ms from the change to the panel', description: String(Date.now() - asked) });
  expect(await page.evaluate(() => Reflect.get(window, 'sameDocument'))).toBe(true);

  expect(apps(hub)).toEqual(before);
  await viewer.reload();
  await expect(viewer.getByRole('heading', { name: 'Harbour' })).toBeVisible();
  const newcomer = await (await browser.newContext()).newPage();
  await newcomer.goto(dashboard.link);
  await signIn(newcomer, 'carol', hub.password);
  await expect(newcomer.getByRole('heading', { name: 'Harbour' })).toBeVisible();
  // By the API: how many people the panel knows of by now decides whether it asks before it stops.
  for (const [action, state] of [
    ['stop', 'Stopped'],
    ['start', 'Running']
  ] as const) {
    await alice.call('POST', `api/v1/dashboards/${dashboard.id}/${action}`);
    await expect(card).toContainText(state, { timeout: 120_000 });
  }
  await Promise.all([page, viewer, newcomer].map(one => one.context().close()));
});
