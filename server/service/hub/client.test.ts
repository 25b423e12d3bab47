import { createHubClient } from './client';
import type { Fetch } from './request';

/** A Hub that answers each question with what is next for it; what is last, it goes on answering. */
function client(answers: Record<string, [status: number, body?: unknown][]>, removalMs?: number) {
  const asked: string[] = [];
  const fetch: Fetch = (url, init) => {
    const question = `${init?.method ?? 'GET'} ${new URL(url as string).pathname.replace('/hub/api/', '')}`;
    asked.push(question);
    const left = answers[question] ?? [];
    const [status, body] = (left.length > 1 ? left.shift() : left[0]) ?? [404];
    return Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status }));
  };
  const places = { apiUrl: 'http://hub/hub/api', apiToken: 'token', clientId: 'service', callbackUrl: '/callback' };
  return { asked, hub: createHubClient({ ...places, fetch, removalMs }) };
}

const STOPPED = { name: 'dash-a', ready: false, pending: null, url: '/user/alice/dash-a/' };
const listed = { name: 'alice', servers: { 'dash-a': STOPPED } };

it('a server that the Hub goes on stopping after its answer is removed once it is in no list', async () => {
  const { hub, asked } = client({
    'DELETE users/alice/servers/dash-a': [[202]],
    'GET users/alice': [
      [200, listed],
      [200, { name: 'alice', servers: {} }]
    ]
  });
  await hub.stop('alice', 'dash-a', true);
  expect(asked).toEqual(['DELETE users/alice/servers/dash-a', 'GET users/alice', 'GET users/alice']);
});

it('a server that stays in the list is not called removed', async () => {
  const { hub } = client({ 'DELETE users/alice/servers/dash-a': [[202]], 'GET users/alice': [[200, listed]] }, 0);
  await expect(hub.stop('alice', 'dash-a', true)).rejects.toMatchObject({ code: 'server_failed' });
});

it('a server that is only stopped, or was removed before, is not waited for', async () => {
  const { hub, asked } = client({ 'DELETE users/alice/servers/dash-a': [[202], [404]] });
  await hub.stop('alice', 'dash-a', false);
  await hub.stop('alice', 'dash-a', true);
  expect(asked).toHaveLength(2);
});
