import { EngineBench } from '../../runner/testing/engine-bench';
import { Programs } from './programs';
import { SNAPSHOT } from './snapshot-world';

it('files that are written to whenever they are read become no version, which may be otherwise the next time', async () => {
  const bench = await EngineBench.create();
  const programs = new Programs();
  try {
    const world = await SNAPSHOT.create(bench);
    await world.write({ 'index.html': '<p>first</p>', 'busy.log': 'x' });
    const job = {
      kind: 'publish',
      id: 'job1',
      n: 1,
      framework: null,
      command: null,
      ...(await world.source())
    } as const;
    const order = { home: bench.home, dashboardId: bench.dashboardId, job, allowed: {}, world: world.process };
    const report = await programs.make(order, { busy: `${world.folder}/busy.log` });
    expect(report).toMatchObject({
      versions: [],
      outcome: {
        problem: {
          code: 'files_keep_changing',
          retryable: true,
          fix: expect.stringContaining('Wait until nothing writes to them'),
          left: 'Nothing of version 1 is left.',
          detail: expect.stringContaining('busy.log')
        }
      }
    });
  } finally {
    await bench.dispose();
    programs.remove();
  }
});
