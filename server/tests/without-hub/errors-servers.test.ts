import type { BuildReply, DashboardReply, ErrorCode } from '../../contract';
import { Browser } from '../../service/testing/browser';
import { addUser, type FakeHub } from '../../service/testing/fake-hub';
import { startRunners, type FakeRunner } from '../../service/testing/fake-runner';
import { readable } from '../../service/testing/page-text';
import { eventually, PUBLISH, startTestService, type TestService } from '../../service/testing/test-service';

/** What is in the way of a dashboard's server, from the publish to the page of its owner. */
interface Trouble {
  title: string;
  /** What the Hub does with the start; without it, a runner comes up. */
  onStart?: FakeHub['onStart'];
  /** What happens then. */
  then?: (buildId: string, runner: () => Promise<FakeRunner>) => Promise<unknown>;
  code: ErrorCode;
  /** What the owner reads, in this order. */
  sentences: string[];
}

let test: TestService;
let alice: string;
let bob: string;

beforeEach(async () => {
  test = await startTestService();
  alice = addUser(test.hub, 'alice');
  bob = addUser(test.hub, 'bob');
});
afterEach(() => test.stop());

const publish = async () =>
  (await test.call<BuildReply>(alice, 'POST', 'api/v1/dashboards', { ...PUBLISH, audience: { kind: 'everyone' } }))
    .body;
const show = async (id: string) =>
  (await test.call<DashboardReply>(alice, 'GET', `api/v1/dashboards/${id}`)).body.dashboard;
async function browserOf(user: string): Promise<Browser> {
  const browser = new Browser(test);
  await browser.signIn(user);
  return browser;
}

const TROUBLES: Trouble[] = [
  {
    title: 'the quota of named servers is used up',
    onStart: () => ({ status: 400, message: 'User alice already has the maximum of 3 named servers.' }),
    code: 'server_limit',
    sentences: ['alice has as many named servers as this hub allows.', 'Delete a dashboard or a named server']
  },
  {
    title: 'the sign-in of the owner has expired at the Hub',
    onStart: () => ({ status: 403, message: 'auth has expired for alice, login again' }),
    code: 'owner_sign_in',
    sentences: [
      'The Hub starts this dashboard only after alice has signed in again.',
      'alice has to sign in to JupyterHub once more; then open the dashboard again.'
    ]
  },
  {
    title: 'the Spawner fails',
    onStart: () => ({ status: 500, message: 'no such image: datascience:2' }),
    code: 'server_failed',
    sentences: [
      "JupyterHub could not start the dashboard's server: no such image: datascience:2",
      'give this sentence to the administrator of this hub'
    ]
  },
  {
    title: 'the Hub stays away',
    onStart: () => {
      // Longer than a build waits for it.
      test.advance(130_000);
      return { status: 503, message: 'the Hub is shutting down' };
    },
    code: 'hub_unavailable',
    sentences: ['JupyterHub does not answer at the moment.', 'Try again in a minute']
  },
  {
    title: 'the environment has no runner',
    onStart: () => ({ status: 201 }),
    code: 'runner_missing',
    sentences: [
      "The dashboard's server was started, but no dashboard runner reported from it.",
      'Install the package where single-user servers run: pip install "jupyterhub-dashboards[node]"'
    ]
  },
  {
    title: 'the server stops before its runner has reported',
    onStart: (owner, server) => {
      setTimeout(() => test.hub.users.get(owner)?.servers.delete(server), 50);
      return { status: 201 };
    },
    code: 'server_stopped',
    sentences: ["The dashboard's server stopped before its runner could report.", 'Its log at the Hub says why.']
  },
  {
    title: 'the runner is older than the service',
    then: async (_buildId, runner) => {
      const { token, startId } = await runner();
      await test.call(token, 'GET', `runner/events?startId=${startId}&version=0.0.9`);
    },
    code: 'runner_outdated',
    sentences: [
      "The runner in this dashboard's server is of version 0.0.9, too old for this hub's dashboards service",
      'pip install --upgrade "jupyterhub-dashboards[node]"'
    ]
  },
  {
    title: 'the server goes away twice in the middle of the build',
    then: async (buildId, runner) => {
      await (await runner()).progress(buildId, 'copy');
      test.advance(61_000);
      await eventually(async () => (await test.service.context.builds.get(buildId))?.attempts === 1);
      test.advance(61_000);
    },
    code: 'build_lost',
    sentences: ["The dashboard's server went away twice while it was building.", 'Publish again. If it happens again']
  }
];

describe('the owner reads at the link of a new dashboard why, and what to do; others do not; when', () => {
  it.each(TROUBLES)('$title', async ({ onStart, then, code, sentences }) => {
    const runners = startRunners(test);
    test.hub.onStart = onStart ?? test.hub.onStart;
    const { dashboard, build } = await publish();
    await then?.(build.id, () => eventually(() => runners[0]));
    await eventually(async () => (await show(dashboard.id)).build?.problem?.code === code);

    const own = await (await browserOf('alice')).eventually('d/sales', ({ text }) => text.includes('does not work'));
    let rest = readable(own.text);
    for (const sentence of sentences) {
      expect(rest).toContain(sentence);
      rest = rest.slice(rest.indexOf(sentence));
    }
    const seen = readable((await (await browserOf('bob')).open('d/sales')).text);
    expect(seen).toContain('Sales does not work at the moment Its owner, alice, can see why.');
    expect(seen).not.toContain(sentences[0]);
  });
});

it('the build is cancelled: everybody reads that, and nobody that it failed, at the link and in the gallery', async () => {
  const runners = startRunners(test);
  const { dashboard, build } = await publish();
  await (await eventually(() => runners[0])).progress(build.id, 'copy');
  await test.call(alice, 'POST', `api/v1/builds/${build.id}/cancel`);
  await eventually(async () => (await show(dashboard.id)).state === 'cancelled');

  const [owner, viewer] = [await browserOf('alice'), await browserOf('bob')];
  const pages = await Promise.all([owner, viewer].map(one => one.open('d/sales', { 'sec-fetch-site': 'none' })));
  expect(pages.map(({ status }) => status)).toEqual([503, 503]);
  const [own, seen] = pages.map(({ text }) => readable(text));
  expect(own).toContain('Cancelled Publishing Sales was cancelled Publish again when you are ready.');
  expect(seen).toContain(
    'Cancelled Publishing Sales was cancelled Ask alice to publish it again, and open the link again afterwards.'
  );
  const lists = await Promise.all([owner, viewer].map(one => one.open('', { 'sec-fetch-site': 'none' })));
  for (const { text } of [...pages, ...lists]) {
    expect(text).toContain('<p class="badge cancelled">Cancelled</p>');
    expect(readable(text)).not.toMatch(/does not work|failed/i);
  }
  // There is nothing to start, and nothing to stop.
  expect(lists[0]?.text).not.toMatch(/aria-label="St(art|op) Sales"/);
  const told = (await test.call<DashboardReply>(bob, 'GET', `api/v1/dashboards/${dashboard.id}`)).body.dashboard;
  expect(told).toMatchObject({
    state: 'cancelled',
    problem: { message: 'Publishing this dashboard was cancelled.', fix: 'Ask its owner to publish it again.' }
  });
});

describe('whoever waits at the link of a dashboard whose service is started again', () => {
  const STAGES = [
    ['queued', 'Waiting for its turn'],
    ['server', 'Waiting for the Spawner'],
    ['copy', 'Copying the files'],
    ['start', 'Starting the app'],
    ['check', 'Checking that the app works']
  ] as const;

  it.each(STAGES)(
    'at the stage %s, waits on, reads the step that it had come to, and gets in',
    async (stage, words) => {
      const runners = startRunners(test);
      const start = test.hub.onStart;
      if (stage === 'queued') {
        await test.service.context.queue.stop();
      } else if (stage === 'server') {
        test.hub.onStart = () => new Promise(() => undefined);
      }
      const { dashboard, build } = await publish();
      const hasRunner = stage !== 'queued' && stage !== 'server';
      if (hasRunner) {
        await (await eventually(() => runners[0])).progress(build.id, stage);
      }
      await eventually(async () => (await show(dashboard.id)).build?.state === stage);
      const bob = await browserOf('bob');
      // Without a runner, the restarted service goes on at once.
      const before = hasRunner ? null : await bob.open('d/sales');
      test.hub.onStart = start;
      await test.restart();
      const waiting = before ?? (await bob.open('d/sales'));
      expect(waiting.status).toBe(503);
      expect(readable(waiting.text)).toMatch(new RegExp(`Sales This dashboard is being built.*${words}`));
      const runner = await eventually(() => runners[0]);
      if (hasRunner) {
        await runner.connect();
      }
      await runner.build();
      const opened = await bob.eventually('d/sales', ({ status }) => status === 302);
      expect(opened.location).toMatch(/^\/user\/alice\/dash-sales/);
      expect(await show(dashboard.id)).toMatchObject({ state: 'running', problem: null });
    }
  );
});

it('whoever has a dashboard open while the Hub restarts finds it again at its link', async () => {
  const runners = startRunners(test);
  const { dashboard } = await publish();
  await (await eventually(() => runners[0])).build();
  const bob = await browserOf('bob');
  await bob.eventually('d/sales', ({ status }) => status === 302);
  test.advance(5_000);
  test.hub.broken = 502;
  const away = await bob.open('d/sales');
  expect(readable(away.text)).toMatch(/JupyterHub does not answer at the moment\. Try again in a minute/);
  test.hub.broken = null;
  const back = await bob.eventually('d/sales', ({ status }) => status === 302);
  expect(back.location).toMatch(/^\/user\/alice\/dash-sales/);
  expect((await show(dashboard.id)).state).toBe('running');
  expect(test.hub.starts).toHaveLength(1);
});
