import type { Whoami } from '../contract';
import { SMALL_APPS } from '../runner/testing/small-apps';
import { readable } from '../service/testing/page-text';
import { eventually } from '../service/testing/test-service';
import { Author, page } from './author';
import { startTestHub, type TestHub } from './hub';

/** Answers at once, but for one address at which it answers when it is too late. */
const SLOW = page(
  'here',
  `
def on_request(path):
    if path.endswith("slow"):
        time.sleep(60)
`
);

jest.setTimeout(120_000);

let hub: TestHub;
let alice: Author;
let bob: Author;

beforeAll(async () => {
  hub = await startTestHub({
    users: ['alice', 'bob'],
    groups: { analysts: ['alice'] },
    configure: `
    default_audience="everyone",
    request_timeout=2,
    publishers=["analysts"],
    publishable_paths=["published"],
    keep_versions=1,
    framework_env={"command": {"REGION": "north"}},
`
  });
  [alice, bob] = await Promise.all([Author.of(hub, 'alice'), Author.of(hub, 'bob')]);
}, 90_000);
afterAll(() => hub?.stop());

it('the default audience and the time for an answer go from configure(c) to the link of a dashboard', async () => {
  expect((await alice.call<Whoami>('GET', 'whoami')).body.defaultAudience).toBe('everyone');
  alice.write('published/slow/app.py', SLOW);
  const { audience, link } = await alice.live(alice.request('Slow', 'published/slow', 'app.py'));
  expect(audience).toEqual({ kind: 'everyone' });

  const { url } = await bob.sees(link, 'here');
  const late = await bob.open(new URL('slow', url).href);
  expect(late.status).toBe(504);
  expect(readable(late.text)).toContain('The dashboard has not answered within 2 s. Try again.');
  // The app goes on, for whoever asks for something else.
  expect((await bob.open(url)).text).toBe('here');
});

it('who publishes is decided by the groups of the Hub', async () => {
  bob.write('published/mine/app.py', page('mine'));
  const request = bob.request('Mine', 'published/mine', 'app.py');
  expect((await bob.call<Whoami>('GET', 'whoami')).body.mayPublish).toBe(false);
  expect(await bob.refused('POST', 'dashboards', request)).toMatchObject({
    status: 403,
    code: 'publishing_forbidden',
    message: 'On this hub, dashboards are published by members of the group "analysts".'
  });
  await hub.api('POST', 'groups/analysts/users', { users: ['bob'] });
  const taken = await eventually(async () => {
    const answer = await bob.call('POST', 'dashboards', request);
    return answer.status === 201 && answer;
  }, 60_000);
  expect(taken.status).toBe(201);
});

it('folders that may be published, variables of apps and the number of kept versions hold where servers run', async () => {
  alice.write('private/app.py', page('private'));
  const { build } = await alice.publish(alice.request('Private', 'private', 'app.py'));
  expect((await alice.ended(build?.id ?? '')).problem).toMatchObject({
    code: 'path_forbidden',
    message: `On this hub, nothing is published from ${alice.home}/private.`
  });

  alice.write('published/region/app.py', SMALL_APPS.telling);
  const { id, link } = await alice.live(alice.request('Region', 'published/region', 'app.py'));
  await alice.sees(link, '"REGION": "north"');
  for (let n = 2; n <= 3; n++) {
    expect((await alice.ended((await alice.update(id, {})).id)).state).toBe('live');
  }
  expect(await alice.versions(id)).toEqual(['3 ready, live', '2 ready', '1 removed']);
});
