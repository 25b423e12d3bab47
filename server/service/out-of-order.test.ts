import { freePorts } from '../tests/free-ports';
import { standInFor, standOutOfOrder } from './out-of-order';
import { eventually } from './testing/test-service';

const PREFIX = '/services/dashboards/';

describe('a service that cannot work', () => {
  it('says so to people and programs, lets the Hub see that somebody listens, and makes room', async () => {
    const [port = 0] = await freePorts(1);
    const listen = { host: '127.0.0.1', port };
    let leave = () => undefined as void;
    const end = standOutOfOrder({ listen, prefix: PREFIX }, new Promise<void>(go => (leave = go)));
    const ask = (path: string, accept = '*/*') =>
      fetch(`http://127.0.0.1:${listen.port}${path}`, { headers: { accept } });
    await eventually(async () => (await ask('/').catch(() => null)) !== null);

    // JupyterHub takes any answer below 500 for a service that is up.
    expect((await ask(PREFIX)).status).toBe(200);
    expect((await ask(PREFIX, 'text/html')).status).toBe(503);
    expect((await ask('/')).status).toBe(404);
    const page = await ask(`${PREFIX}d/sales`, 'text/html');
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '30']);
    const text = await page.text();
    expect(text).toContain('Dashboards are out of order on this hub.');
    expect(text).toContain('Tell your administrator: the log of the Hub says what to do.');
    const style = /<link rel="stylesheet" href="([^"]+)"/.exec(text)?.[1] ?? '';
    expect((await ask(style)).headers.get('content-type')).toMatch(/^text\/css/);
    const reply = await ask(`${PREFIX}api/v1/dashboards`);
    expect([reply.status, await reply.json()]).toMatchObject([503, { error: { code: 'service_unavailable' } }]);

    leave();
    await end;
    await expect(ask('/')).rejects.toThrow();
  });

  it.each([
    ['works', (go: () => void) => go()],
    ['cannot work', (_go: () => void, stop: (error: Error) => void) => stop(new Error('no database'))]
  ])('nor can be waited for: something answers until it is known whether it %s', async (_what, settle) => {
    const [port = 0] = await freePorts(1);
    const place = { listen: { host: '127.0.0.1', port }, prefix: PREFIX };
    let [go, stop] = [() => undefined as void, (_error: Error) => undefined as void];
    const work = new Promise<string>((resolve, reject) => {
      [go, stop] = [() => resolve('service'), reject];
    });
    const made = standInFor(place, work, 10).catch((error: unknown) => String(error));
    const ask = () =>
      fetch(`http://127.0.0.1:${port}${PREFIX}`).then(
        ({ status }) => status,
        () => null
      );
    await eventually(async () => (await ask()) === 200);
    settle(go, stop);
    expect(['service', 'Error: no database']).toContain(await made);
    expect(await ask()).toBeNull();
  });
});
