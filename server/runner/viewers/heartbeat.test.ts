import { pino } from 'pino';

import type { Heartbeat, HeartbeatReply, StoredVersions } from '../../contract';
import { Connections } from '../proxy/connections';
import { ManualClock } from '../testing/manual-clock';
import { HeartbeatLoop } from './heartbeat';
import { FRESH, LEASE, Sessions, type Session } from './sessions';

const viewer = { name: 'bob', groups: [], owner: false };

describe('heartbeats', () => {
  let clock: ManualClock;
  let sessions: Sessions;
  let connections: Connections;
  let loop: HeartbeatLoop;
  let sent: Heartbeat[];
  let answer: () => Promise<HeartbeatReply>;
  let session: Session;
  let stored: StoredVersions | null;

  beforeEach(() => {
    clock = new ManualClock();
    sessions = new Sessions(clock);
    connections = new Connections(clock);
    sent = [];
    answer = async () => ({ ended: [] });
    stored = null;
    loop = new HeartbeatLoop({
      stored: () => stored,
      startId: 's1',
      sessions,
      connections,
      status: () => ({ state: 'serving', version: 1, problem: null }),
      send: beat => {
        sent.push(beat);
        return answer();
      },
      clock,
      log: pino({ level: 'silent' })
    });
    ({ session } = sessions.begin({ id: 'session-1', viewer }));
  });
  const away = (): Promise<HeartbeatReply> => Promise.reject(new Error('away'));
  const flush = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

  it('are sent every 4 s and name the sessions in use once', async () => {
    loop.start();
    loop.touch(session);
    clock.advance(4_000);
    await flush();
    clock.advance(4_000);
    await flush();
    loop.stop();
    clock.advance(60_000);
    expect(sent.map(beat => beat.sessions)).toEqual([['session-1'], []]);
    expect(sent[0]?.lastActivity).toBe('2030-01-01T00:00:00.000Z');
  });

  it('say which versions are on the disk as soon as that is known, until the service has heard it', async () => {
    await loop.beat();
    stored = { here: [2], gone: [1] };
    answer = away;
    await loop.beat();
    answer = async () => ({ ended: [] });
    await loop.beat();
    await loop.beat();
    expect(sent.map(beat => beat.versions)).toEqual([undefined, stored, stored, undefined]);
  });

  it('name a session with an open connection every time, which keeps it alive', async () => {
    let closed = false;
    connections.add({ session: session.id, version: 1, close: () => (closed = true) });
    loop.start();
    for (let n = 0; n < 50; n += 1) {
      clock.advance(4_000);
      await flush();
    }
    loop.stop();
    expect(closed).toBe(false);
    expect(sent.every(beat => beat.sessions.includes(session.id) && beat.connections === 1)).toBe(true);
  });

  it('count what lasts, not the page that happens to be on its way', async () => {
    const release = connections.add({ session: session.id, version: 1, close: () => undefined });
    connections.add({ session: session.id, version: null, close: () => undefined });
    await loop.beat();
    clock.advance(1_000);
    await loop.beat();
    release();
    await loop.beat();
    expect(sent.map(beat => beat.connections)).toEqual([0, 1, 0]);
  });

  it('fail closed: connections are cut when nobody has confirmed the session for a minute', async () => {
    let closed = false;
    connections.add({ session: session.id, version: 1, close: () => (closed = true) });
    answer = away;
    clock.advance(LEASE - 1);
    await loop.beat();
    expect(closed).toBe(false);
    clock.advance(1);
    await loop.beat();
    expect(closed).toBe(true);
    expect(await loop.confirm(session)).toBe('unknown');
  });

  it('revive an idle session by one request to the service, shared by all that wait', async () => {
    clock.advance(LEASE);
    const words = await Promise.all([1, 2, 3, 4, 5].map(() => loop.confirm(session)));
    expect(words).toEqual(['valid', 'valid', 'valid', 'valid', 'valid']);
    expect(sent.length).toBeLessThanOrEqual(2);
    expect(await loop.confirm(session)).toBe('valid');
    expect(sent.length).toBeLessThanOrEqual(2);
  });

  it('end what the service says has ended', async () => {
    let closed = false;
    connections.add({ session: session.id, version: null, close: () => (closed = true) });
    answer = async () => ({ ended: ['session-1', 'unknown'] });
    clock.advance(LEASE);
    expect(await loop.confirm(session)).toBe('ended');
    expect(closed).toBe(true);
    expect(sessions.get('session-1')).toBeNull();
  });

  it('report again what a lost heartbeat reported', async () => {
    loop.touch(session);
    answer = away;
    expect(await loop.beat()).toBe(false);
    answer = async () => ({ ended: [] });
    expect(await loop.beat()).toBe(true);
    expect(sent.map(beat => beat.sessions)).toEqual([['session-1'], ['session-1']]);
  });

  it('proxied requests cause no call at all while the word of the service is fresh', async () => {
    clock.advance(FRESH - 1);
    for (let n = 0; n < 100; n += 1) {
      expect(await loop.confirm(session)).toBe('valid');
    }
    expect(sent).toEqual([]);
  });

  it('revocation: a viewer who comes back to an idle page is asked about before the app sees a byte', async () => {
    answer = async () => ({ ended: ['session-1'] });
    clock.advance(FRESH);
    expect(await loop.confirm(session)).toBe('ended');
    expect(sent).toHaveLength(1);
  });

  it('service unreachable: the lease decides, without waiting for every request', async () => {
    answer = away;
    clock.advance(FRESH);
    for (let n = 0; n < 10; n += 1) {
      expect(await loop.confirm(session)).toBe('valid');
    }
    expect(sent).toHaveLength(1);
  });

  it('service hanging: viewers wait two seconds at most', async () => {
    answer = () => new Promise(() => {});
    clock.advance(FRESH);
    const word = loop.confirm(session);
    clock.advance(2_000);
    expect(await word).toBe('valid');
  });

  it('end sessions after 12 hours, whatever the service says', async () => {
    clock.advance(12 * 3_600_000);
    await loop.beat();
    expect(sessions.all()).toEqual([]);
  });
});

describe('Sessions', () => {
  it('keep hashes, find the valid one among planted cookies, and forget ended ones', () => {
    const sessions = new Sessions(new ManualClock());
    const { session, secret } = sessions.begin({ id: 'one', viewer });
    expect(JSON.stringify(sessions.all())).not.toContain(secret);
    expect(sessions.find(['planted', secret])).toBe(session);
    expect(sessions.find(['planted', ''])).toBeNull();
    sessions.end('one');
    expect(sessions.find([secret])).toBeNull();
  });

  it('are limited in number: the one unused for longest goes', () => {
    const clock = new ManualClock();
    const sessions = new Sessions(clock, 3);
    for (const id of ['one', 'two', 'three', 'four']) {
      sessions.begin({ id, viewer });
      clock.advance(1);
    }
    expect(sessions.all().map(({ id }) => id)).toEqual(['two', 'three', 'four']);
  });
});
