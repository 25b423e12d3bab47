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

  it('brings events that are larger than what may wait, one after the other', async () => {
    const app = Fastify();
    app.get('/events', async (_request, reply) => {
      const stream = openStream(reply);
      for (const n of [1, 2, 3]) {
        await stream.drained();
        stream.send({ text: 'x'.repeat(6_000_000) }, n);
      }
      stream.close();
    });
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    const text = await (await fetch(`${origin}/events`)).text();
    expect([text.length > 18_000_000, text.match(/^id: \d$/gm)]).toEqual([true, ['id: 1', 'id: 2', 'id: 3']]);
    await app.close();
  });

  it('is ended where its reader takes nothing, and keeps little until then', async () => {
    const app = Fastify();
    const waiting: number[] = [];
    const ended = new Promise<void>(resolve =>
      app.get('/events', async (_request, reply) => {
        const stream = openStream(reply, 200);
        stream.whenClosed(resolve);
        while (!stream.closed) {
          stream.send({ text: 'x'.repeat(100_000) });
          waiting.push(reply.raw.writableLength);
          await stream.drained();
        }
      })
    );
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    const unread = await fetch(`${origin}/events`);
    await ended;
    expect(Math.max(...waiting)).toBeLessThan(300_000);
    await expect(unread.text()).rejects.toThrow('terminated');
    await app.close();
  });
});
