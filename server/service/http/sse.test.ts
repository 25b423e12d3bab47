import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import Fastify from 'fastify';

import { openStream } from './sse';

describe('an event stream', () => {
  it('has a head that can be asked for alone', async () => {
    const app = Fastify();
    app.get('/events', async (_request, reply) => void openStream(reply));
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    const { status, headers } = await fetch(`${origin}/events`, { method: 'HEAD' });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await app.close();
  });

  it('ends what belongs to it when its reader goes, also one that has gone before it began', async () => {
    const app = Fastify();
    const events: string[] = [];
    let arrived = () => undefined as void;
    const arrival = new Promise<void>(resolve => (arrived = resolve));
    const early = new Promise<void>(resolve =>
      app.get('/early', async (_request, reply) => {
        arrived();
        await once(reply.raw, 'close');
        const stream = openStream(reply);
        stream.whenClosed(() => events.push('early'));
        events.push(`early closed: ${stream.closed}`);
        resolve();
      })
    );
    const late = new Promise<void>(resolve =>
      app.get('/late', async (_request, reply) => {
        const stream = openStream(reply);
        events.push(`late closed: ${stream.closed}`);
        stream.whenClosed(() => {
          events.push('late');
          resolve();
        });
      })
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const leaving = new AbortController();
    const left = fetch(`${origin}/early`, { signal: leaving.signal }).catch(() => 'left');
    await arrival;
    leaving.abort();
    expect(await left).toBe('left');
    await early;
    const reading = new AbortController();
    await fetch(`${origin}/late`, { signal: reading.signal });
    reading.abort();
    await late;
    await app.close();
    expect(events).toEqual(['early', 'early closed: true', 'late closed: false', 'late']);
  });
});
