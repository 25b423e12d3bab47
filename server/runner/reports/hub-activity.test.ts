import { pino } from 'pino';

import { lookUntil } from '../testing/look-until';
import { ManualClock } from '../testing/manual-clock';
import { reportHubActivity } from './hub-activity';

describe('activity for the Hub', () => {
  it('is reported every five minutes in which viewers were there, and again when it was not taken', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const posts: unknown[] = [];
    let last: number | null = null;
    let fail = false;
    const done = reportHubActivity({
      url: 'http://hub/activity',
      serverName: 'dash-x',
      lastActivity: () => last,
      post: async (_url, body) => {
        posts.push(body);
        if (fail) {
          throw new Error('away');
        }
      },
      clock,
      log: pino({ level: 'silent' }),
      signal: stop.signal
    });
    const pass = async (): Promise<void> => {
      await lookUntil(() => clock.waiting === 1, 'it waits');
      clock.advance(300_000);
      await lookUntil(() => clock.waiting === 1, 'it waits again');
    };
    await pass();
    expect(posts).toEqual([]);
    last = clock.now();
    await pass();
    const time = new Date(last).toISOString();
    expect(posts).toEqual([{ servers: { 'dash-x': { last_activity: time } }, last_activity: time }]);
    await pass();
    expect(posts).toHaveLength(1);
    last = clock.now();
    fail = true;
    await pass();
    await pass();
    expect(posts).toHaveLength(3);
    stop.abort();
    await done;
    expect(clock.waiting).toBe(0);
  });
});
