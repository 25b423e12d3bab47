import { pino } from 'pino';

import { RUNNER, type LogBatch } from '../../contract';
import { lookUntil, settled } from '../testing/look-until';
import { ManualClock } from '../testing/manual-clock';
import { Backoff } from './backoff';
import { LogReports } from './log-reports';
import { ServiceError } from './service-client';

const AWAY = new ServiceError(503, 'x');

function setUp(answer: (batch: LogBatch) => Promise<void> = async () => undefined) {
  const clock = new ManualClock();
  const sent: LogBatch[] = [];
  let busy = 0;
  const reports = new LogReports({
    startId: 's1',
    sender: 'p1',
    async tell(url, batch) {
      expect([url, ++busy]).toEqual([RUNNER.logs, 1]);
      sent.push(structuredClone(batch));
      await answer(batch).finally(() => busy--);
    },
    clock,
    log: pino({ level: 'silent' }),
    backoff: new Backoff(500, 15_000, () => 1)
  });
  /** Lets time pass until there is nothing more to wait for. */
  const pass = async (ms = 60_000) => {
    for (let before = -1; before !== sent.length;) {
      before = sent.length;
      await settled(() => sent.length, 5);
      clock.advance(ms);
      await settled(() => sent.length, 5);
    }
  };
  const texts = () => sent.flatMap(({ lines }) => lines.map(({ text }) => text));
  return { clock, sent, reports, pass, texts };
}

const print = (reports: LogReports, count: number, size = 10, from = 0) => {
  for (let i = from; i < from + count; i++) {
    reports.add(1, `${i} `.padEnd(size, 'x'));
  }
};

describe('reports of log lines', () => {
  it('go together, with the time of each, within a fifth of a second', async () => {
    const { clock, sent, reports } = setUp();
    reports.add(1, 'a');
    clock.advance(100);
    reports.add(2, 'b');
    clock.advance(100);
    await lookUntil(() => sent.length > 0, 'the batch');
    expect(sent).toEqual([
      {
        startId: 's1',
        sender: 'p1',
        batch: 1,
        lines: [
          { at: '2030-01-01T00:00:00.000Z', version: 1, text: 'a' },
          { at: '2030-01-01T00:00:00.100Z', version: 2, text: 'b' }
        ]
      }
    ]);
  });

  it('are small enough for the service, one after the other', async () => {
    const { sent, reports, pass, texts } = setUp();
    print(reports, 2_500);
    print(reports, 300, 4_000, 2_500);
    await pass();
    expect(texts().map(text => Number(text.split(' ')[0]))).toEqual(Array.from({ length: 2_800 }, (_, i) => i));
    expect(sent.map(({ batch }) => batch)).toEqual(sent.map((_, i) => i + 1));
    expect(Math.max(...sent.map(({ lines }) => lines.length))).toBeLessThanOrEqual(1_000);
    expect(Math.max(...sent.map(batch => JSON.stringify(batch).length))).toBeLessThan(700_000);
  });

  it('are repeated under their number while the service is away, and what does not fit into memory is counted', async () => {
    let away = true;
    const { sent, reports, pass, texts } = setUp(async () => {
      if (away) {
        throw AWAY;
      }
    });
    reports.add(1, 'before');
    await pass(1_000);
    expect(sent.length).toBeGreaterThan(0);
    print(reports, 6_000);
    away = false;
    const tries = sent.length;
    await pass();
    expect(sent.slice(0, tries).every(batch => batch.batch === 1)).toBe(true);
    expect(sent[tries]?.batch).toBe(1);
    const after = texts().slice(tries);
    expect(after.slice(0, 2)).toEqual([
      'before',
      '[1,000 lines left out here: the dashboards service could not be reached]'
    ]);
    expect(after.at(-1)).toMatch(/^5999 /);
    expect(after).toHaveLength(5_002);
  });

  it('that the service does not want are not repeated', async () => {
    const { sent, reports, pass } = setUp(() => Promise.reject(new ServiceError(404, 'x')));
    reports.add(1, 'a');
    await pass();
    reports.add(1, 'b');
    await pass();
    expect(sent.map(({ lines }) => lines.map(({ text }) => text))).toEqual([['a'], ['b']]);
  });

  it('end with the last words, and do not wait for a service that is away', async () => {
    const here = setUp();
    here.reports.add(1, 'the last words');
    await here.reports.close();
    expect(here.texts()).toEqual(['the last words']);

    const away = setUp(() => Promise.reject(AWAY));
    away.reports.add(1, 'a');
    await away.reports.close();
    expect(away.sent.length).toBeLessThanOrEqual(2);

    const silent = setUp(() => new Promise(() => undefined));
    silent.reports.add(1, 'a');
    const closed = silent.reports.close();
    await lookUntil(() => silent.sent.length > 0, 'the attempt');
    silent.clock.advance(500);
    await closed;
    expect(silent.sent).toHaveLength(1);
  });
});
