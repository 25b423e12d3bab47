import { freePorts } from '../tests/free-ports';
import { standOutOfOrder } from './out-of-order';
import { eventually } from './testing/test-service';

const PREFIX = '/services/dashboards/';

describe('a service that cannot work', () => {
  it('says so to people and programs, lets the Hub see that somebody listens, and makes room', async () => {
    const [port = 0] = await freePorts(1);
    const listen = { host: '127.0.0.1', port };
    const end = standOutOfOrder({ listen, prefix: PREFIX }, 8_000);
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

    await end;
    await expect(ask('/')).rejects.toThrow();
  });
});
