import type { BuildJob, BuildState, Wants } from '../../contract';
import { lookUntil } from '../testing/look-until';
import { Reporter } from './reporter';

const JOB: BuildJob = {
  kind: 'activate',
  id: 'b1',
  version: { n: 1, framework: 'voila', entry: 'app.ipynb', command: null }
};

interface Sent {
  state: BuildState | undefined;
  lines: string[];
  wants: Wants | undefined;
}

function record(answer: () => Promise<{ cancelled: boolean }> = async () => ({ cancelled: false })) {
  const sent: Sent[] = [];
  let busy = 0;
  const reports = {
    async progress(_job: BuildJob, state: BuildState | undefined, lines: string[], wants?: Wants) {
      expect(++busy).toBe(1);
      sent.push({ state, lines, wants });
      return answer().finally(() => busy--);
    },
    result: async () => undefined
  };
  return { sent, reports };
}

const never = () => new AbortController().signal;

describe('a reporter', () => {
  it('tells stages at once, and again with each report, and lines in batches of at most 1,000', async () => {
    const { sent, reports } = record();
    const reporter = new Reporter(JOB, reports, () => undefined);
    reporter.stage('copy');
    await lookUntil(() => sent.length === 1, 'the stage');
    for (let i = 0; i < 2_500; i++) {
      reporter.line(String(i));
    }
    await reporter.close(never());
    expect(sent.map(({ state }) => state)).toEqual(['copy', 'copy', 'copy', 'copy']);
    expect(sent.map(({ lines }) => lines.length)).toEqual([0, 1_000, 1_000, 500]);
    expect(sent.flatMap(({ lines }) => lines).at(-1)).toBe('2499');
  });

  it('tells lines with the stage that they belong to, before the next one', async () => {
    const { sent, reports } = record();
    const reporter = new Reporter(JOB, reports, () => undefined);
    reporter.line('looked');
    reporter.stage('copy');
    reporter.line('copied');
    reporter.stage('start');
    reporter.stage('check');
    await lookUntil(() => sent.at(-1)?.state === 'check', 'the last stage');
    reporter.line('works');
    await reporter.close(never());
    expect(sent.map(({ state, lines }) => [state, ...lines])).toEqual([
      [undefined, 'looked'],
      ['copy', 'copied'],
      ['check'],
      ['check', 'works']
    ]);
  });

  it('says with each report that files are wanted, until they are not', async () => {
    const { sent, reports } = record();
    const reporter = new Reporter(JOB, reports, () => undefined);
    reporter.wants('files');
    await lookUntil(() => sent.length === 1, 'the wish');
    reporter.line('a');
    await lookUntil(() => sent.length === 2, 'a line');
    reporter.wants('nothing');
    await lookUntil(() => sent.length === 3, 'the end of the wish');
    reporter.line('b');
    await reporter.close(never());
    expect(sent.map(({ wants }) => wants)).toEqual(['files', 'files', 'nothing', undefined]);
  });

  it('tells at once what came while a report was under way, and does not keep it for the lines that follow', async () => {
    jest.useFakeTimers();
    try {
      let answer: () => void = () => undefined;
      const { sent, reports } = record(() => new Promise(done => (answer = () => done({ cancelled: false }))));
      const reporter = new Reporter(JOB, reports, () => undefined);
      reporter.stage('copy');
      reporter.line('on the way');
      await jest.advanceTimersByTimeAsync(0);
      reporter.wants('files');
      reporter.line('waits for them');
      answer();
      await jest.advanceTimersByTimeAsync(0);
      expect(sent).toEqual([
        { state: 'copy', lines: ['on the way'], wants: undefined },
        { state: 'copy', lines: ['waits for them'], wants: 'files' }
      ]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('hears of a cancellation without having anything to tell', async () => {
    const { reports } = record(async () => ({ cancelled: true }));
    let cancelled = 0;
    const reporter = new Reporter(JOB, reports, () => cancelled++);
    await lookUntil(() => cancelled > 0, 'the cancellation', 5_000);
    await reporter.close(never());
    expect(cancelled).toBeGreaterThan(0);
  });

  it('goes on when a report fails, and does not wait for a service that never answers when it is given up', async () => {
    const failing = record(() => Promise.reject(new Error('away')));
    const first = new Reporter(JOB, failing.reports, () => undefined);
    first.line('a');
    await first.close(never());
    expect(failing.sent).toHaveLength(1);

    const silent = record(() => new Promise<never>(() => undefined));
    const second = new Reporter(JOB, silent.reports, () => undefined);
    second.line('a');
    const given = new AbortController();
    const closed = second.close(given.signal);
    given.abort();
    await closed;
    expect(silent.sent).toHaveLength(1);
  });
});
