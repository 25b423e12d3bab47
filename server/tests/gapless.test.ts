import type { Dashboard } from '../contract';
import { Author } from './author';
import { startTestHub, type TestHub } from './hub';
import { Load, writeViewedApp } from './load';

jest.setTimeout(400_000);

const VIEWERS = ['bob', 'carol', 'dave', 'erin', 'frank'];
const SEED = 20_260_101;

let hub: TestHub;
let alice: Author;
let load: Load | undefined;

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice', ...VIEWERS] });
  alice = await Author.of(hub, 'alice');
});
afterAll(async () => {
  load?.kill();
  await hub?.stop();
});

/** What is done to the dashboard while everybody looks: ten updates, and five roll backs to versions that are still being drained, or have ended. */
type Step = 'update' | { rollBack: number };
const STEPS: Step[] = [
  'update',
  'update',
  { rollBack: 1 },
  'update',
  { rollBack: 3 },
  { rollBack: 2 },
  'update',
  'update',
  'update',
  { rollBack: 4 },
  'update',
  'update',
  'update',
  { rollBack: 6 },
  'update'
];

it('fifty viewers by HTTP, twenty by WebSocket and some slow ones miss nothing across ten updates and five roll backs', async () => {
  writeViewedApp(alice, 'viewed', 1);
  const command = '{python} {entry}';
  const request = alice.request('Viewed', 'viewed', 'app.py', { audience: { kind: 'everyone' }, command });
  const dashboard = await alice.live(request);
  let live = 1;
  let newest = 1;
  const viewers = { users: VIEWERS, http: 50, sockets: 20, slow: 6, seed: SEED };
  load = await Load.start(hub, { link: dashboard.link, ...viewers, allow: [1] });

  for (const step of STEPS) {
    const next = step === 'update' ? ++newest : step.rollBack;
    load.allow([live, next]);
    await change(dashboard, step, next);
    await alice.sees(dashboard.link, `edition ${next}`);
    load.allow([next]);
    live = next;
    // Half of those who ask by HTTP have been led to it, some of them while others still were to the one before.
    await load.until(({ landed }) => (landed[next] ?? 0) >= 25);
  }

  // One who compares, and one who comes back by an old bookmark, among all the others.
  expect((await alice.sees(`${dashboard.link}@9`, 'edition 9')).url).toMatch(/\/v\/9\/$/);
  const { url } = await alice.open(dashboard.link);
  expect((await alice.sees(url.replace(/\/v\/\d+\//, '/v/3/deep/page?x=1'), 'edition 11')).url).toMatch(
    /\/v\/11\/deep\/page\?x=1$/
  );

  await load.until(({ drained, answered }) => {
    const transfers = [answered['slow download'] ?? 0, answered['slow upload'] ?? 0];
    return drained >= 20 && transfers.every(count => count >= 2);
  });
  const { answered, failed } = await load.stop();
  expect(failed).toEqual([]);
  expect(Object.keys(answered).sort()).toEqual([
    'asset',
    'callback',
    'download',
    'echo',
    'events, left',
    'events, to the end',
    'long poll',
    'page',
    'slow download',
    'slow upload',
    'socket opened',
    'upload'
  ]);
});

async function change({ id }: Dashboard, step: Step, next: number): Promise<void> {
  if (step === 'update') {
    writeViewedApp(alice, 'viewed', next);
    const build = await alice.update(id, {});
    expect(await alice.ended(build.id)).toMatchObject({ state: 'live', problem: null });
    return;
  }
  const { body } = await alice.call<{ build: { id: string } }>('POST', `dashboards/${id}/live`, { version: next });
  expect(await alice.ended(body.build.id)).toMatchObject({ state: 'live', problem: null });
}
