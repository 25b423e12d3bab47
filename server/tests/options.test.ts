import type { Whoami } from '../contract';
import { readable } from '../service/testing/page-text';
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

beforeAll(async () => {
  hub = await startTestHub({ users: ['alice', 'bob'], configure: 'default_audience="everyone", request_timeout=2' });
}, 90_000);
afterAll(() => hub?.stop());

it('the default audience and the time for an answer go from configure(c) to the link of a dashboard', async () => {
  const alice = await Author.of(hub, 'alice');
  const bob = await Author.of(hub, 'bob');
  expect((await alice.call<Whoami>('GET', 'whoami')).body.defaultAudience).toBe('everyone');
  alice.write('slow/app.py', SLOW);
  const { audience, link } = await alice.live(alice.request('Slow', 'slow', 'app.py'));
  expect(audience).toEqual({ kind: 'everyone' });

  const { url } = await bob.sees(link, 'here');
  const late = await bob.open(new URL('slow', url).href);
  expect(late.status).toBe(504);
  expect(readable(late.text)).toContain('The dashboard has not answered within 2 s. Try again.');
  // The app goes on, for whoever asks for something else.
  expect((await bob.open(url)).text).toBe('here');
});
