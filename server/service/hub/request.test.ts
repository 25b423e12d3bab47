import { createAsk, type Fetch } from './request';

/** Counts how often it is called, and fails each time. */
function failing(error: Error): { fetch: Fetch; calls: () => number } {
  const fetch = jest.fn<ReturnType<Fetch>, Parameters<Fetch>>(() => Promise.reject(error));
  return { fetch, calls: () => fetch.mock.calls.length };
}

describe('a Hub without an answer', () => {
  it('is asked again where it cannot be reached', async () => {
    const { fetch, calls } = failing(new TypeError('fetch failed'));
    const asked = createAsk('http://hub/api', fetch)({ path: 'user', token: 'x' });
    await expect(asked).rejects.toMatchObject({ code: 'hub_unavailable', status: 503 });
    expect(calls()).toBe(3);
  });

  it('is not asked again where it only kept somebody waiting', async () => {
    const { fetch, calls } = failing(new DOMException('too long', 'TimeoutError'));
    const asked = createAsk('http://hub/api', fetch)({ path: 'user', token: 'x' });
    await expect(asked).rejects.toMatchObject({ code: 'hub_unavailable', status: 503 });
    expect(calls()).toBe(1);
  });

  it('is never asked twice for a change', async () => {
    const { fetch, calls } = failing(new TypeError('fetch failed'));
    const asked = createAsk('http://hub/api', fetch)({ method: 'DELETE', path: 'users/a/servers/b', token: 'x' });
    await expect(asked).rejects.toMatchObject({ code: 'hub_unavailable' });
    expect(calls()).toBe(1);
  });
});
