import type { BuildEvent } from '../../server/contract';
import { watchBuild, watchDashboards } from '../dashboards/events';
import { EventSourceReply, FakeService, html, json } from './fake-service';
import { dashboard, logEvent, stateEvent } from './samples';

const EVENTS = 'GET api/v1/builds/b1/events';
let service: FakeService;
let abort: AbortController;

beforeEach(() => {
  service = new FakeService();
  abort = new AbortController();
});

afterEach(() => abort.abort());

async function all(): Promise<BuildEvent[]> {
  const events: BuildEvent[] = [];
  for await (const event of watchBuild(service.connection, 'b1', { signal: abort.signal })) {
    events.push(event);
  }
  return events;
}

describe('watchBuild', () => {
  it('ends after the final state and hangs up', async () => {
    const reply = new EventSourceReply();
    service.answer(EVENTS, reply);
    reply.send(stateEvent(1, { state: 'copy' }), 1);
    reply.send(logEvent(2, 'copied'), 2);
    reply.send(stateEvent(3, { state: 'live' }), 3);
    expect((await all()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(reply.cancelled).toBe(true);
    expect(service.asked).toHaveLength(1);
  });

  it('reads events that arrive in pieces, with comments between them', async () => {
    const reply = new EventSourceReply();
    service.answer(EVENTS, reply);
    const text = `: ping\n\nid: 7\ndata: ${JSON.stringify(stateEvent(7, { state: 'live' }))}\n\n`;
    for (const piece of text.match(/[^]{1,9}/g) ?? []) {
      reply.write(piece);
    }
    expect((await all()).map(({ seq }) => seq)).toEqual([7]);
  });

  it('takes up a broken connection after the last event it has seen', async () => {
    const [first, second, third] = [new EventSourceReply(), new EventSourceReply(), new EventSourceReply()];
    service.answer(
      EVENTS,
      () => {
        queueMicrotask(() => first.breakOff());
        return first;
      },
      () => {
        second.send(stateEvent(4, { state: 'start' }), 4);
        second.end();
        return second;
      },
      () => {
        third.send(stateEvent(5, { state: 'live' }), 5);
        return third;
      }
    );
    expect((await all()).map(({ seq }) => seq)).toEqual([4, 5]);
    expect(service.asked.map(({ headers }) => headers['Last-Event-ID'])).toEqual([undefined, undefined, '4']);
  });

  it('waits longer and longer while the service is away', async () => {
    const reply = new EventSourceReply();
    service.answer(EVENTS, html(503), html(502), html(503), () => {
      reply.send(stateEvent(1, { state: 'live' }), 1);
      return reply;
    });
    await all();
    expect(service.pauses).toEqual([500, 1000, 2000]);
  });

  it('gives up where the service refuses', async () => {
    service.answer(EVENTS, json({ error: { code: 'not_found', message: 'There is no such build.' } }, 404));
    await expect(all()).rejects.toHaveProperty('code', 'not_found');
  });

  it('refuses events that do not follow the contract', async () => {
    const reply = new EventSourceReply();
    service.answer(EVENTS, reply);
    reply.send({ kind: 'party' }, 1);
    await expect(all()).rejects.toHaveProperty('code', 'internal');
  });

  it('ends silently when aborted', async () => {
    const reply = new EventSourceReply();
    service.answer(EVENTS, reply);
    reply.send(stateEvent(1, { state: 'copy' }), 1);
    const seen: number[] = [];
    for await (const event of watchBuild(service.connection, 'b1', { signal: abort.signal })) {
      seen.push(event.seq);
      abort.abort();
    }
    expect(seen).toEqual([1]);
    expect(service.asked).toHaveLength(1);
  });
});

describe('watchDashboards', () => {
  it('says when a connection opens and when it is lost', async () => {
    const log: string[] = [];
    const reply = new EventSourceReply();
    service.answer('GET api/v1/events', html(503), () => {
      reply.send({ kind: 'dashboard', dashboard: dashboard() });
      reply.send({ kind: 'ready' });
      return reply;
    });
    const options = {
      signal: abort.signal,
      onOpen: () => log.push('open'),
      onLost: (error: { code: string } | null) => log.push(`lost: ${error?.code}`)
    };
    for await (const event of watchDashboards(service.connection, options)) {
      log.push(event.kind);
      if (event.kind === 'ready') {
        break;
      }
    }
    expect(log).toEqual(['lost: service_unavailable', 'open', 'dashboard', 'ready']);
  });
});
