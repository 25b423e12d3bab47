import { exitProblem } from '../../runner/supervisor/exit-problem';
import { MemoryGuard } from '../../runner/supervisor/memory-guard';
import { VisitedVersions } from '../../runner/supervisor/visited-versions';
import { ALICE, RunnerFixture } from '../../runner/testing/runner-fixture';
import type { Problem } from '../../contract';
import { frameworkOf } from '../../frameworks';
import { readable } from '../../service/testing/page-text';

let runner: RunnerFixture;
let owner: string;
let viewer: string;

beforeEach(async () => {
  runner = await RunnerFixture.start();
  owner = (await runner.signIn(ALICE)).cookie;
  viewer = (await runner.signIn()).cookie;
  await runner.serve(9, (_request, response) => response.end('the live one'));
});
afterEach(() => runner.stop());

const read = async (cookie: string, path: string) => readable((await runner.open(cookie, path)).body);

/** Version 4 is opened while three older ones run; `shortage` is what memory says to it. */
function fourth(shortage: Problem | null, running: number): Problem | null {
  const visited = new VisitedVersions({
    idleMs: 60_000,
    idle: () => 0,
    failed: () => false,
    shortage: () => shortage,
    start: () => undefined,
    changed: () => undefined
  });
  for (let n = 1; n <= running; n++) {
    visited.follow([{ n, framework: 'command', entry: 'app.py', command: 'x' }]);
  }
  visited.follow([{ n: 4, framework: 'command', entry: 'app.py', command: 'x' }]);
  const problem = visited.get(4)?.problem ?? null;
  visited.close();
  return problem;
}

describe('whoever opens an older version by its link reads why it cannot be had, and what to do, where', () => {
  it.each<[title: string, find: () => Problem | null, sentences: string[]]>([
    [
      'three of them are looked at already',
      () => fourth(null, 3),
      ['People are looking at 3 older versions of this dashboard already.', 'Close one of them, or try again later.']
    ],
    [
      'the memory does not hold it beside the live one',
      () =>
        fourth(
          new MemoryGuard(
            () => 600e6,
            () => ({ limit: 2 ** 30, free: 100e6 })
          ).problem,
          0
        ),
      ['does not hold an older version beside the live one.', 'Ask its owner to make that version the live one']
    ]
  ])('%s', async (_title, find, sentences) => {
    const problem = find();
    runner.engine.tellVisited(4, { status: { state: 'failed', version: 4, problem }, lines: [] });
    for (const cookie of [owner, viewer]) {
      const page = await read(cookie, 'v/4/');
      sentences.forEach(sentence => expect(page).toContain(sentence));
    }
    expect((await runner.open(viewer, 'v/9/')).body).toBe('the live one');
  });
});

it('the owner of an app that was killed reads that it may need more memory, and what to do; others do not', async () => {
  const { problem } = exitProblem(frameworkOf('command'), 'python3', { code: null, signal: 'SIGKILL' }, ['loading']);
  expect(problem.code).toBe('app_exited');
  runner.engine.liveVersion = null;
  runner.engine.tellStatus({ state: 'failed', version: 9, problem });
  const own = await read(owner, '');
  expect(own).toContain('The app was ended by SIGKILL.');
  expect(own).toContain('Let it use less, or ask your administrator for more, then publish again.');
  const seen = await read(viewer, '');
  expect(seen).toContain('This dashboard cannot be shown at the moment. Its owner can see why');
  expect(seen).not.toContain('SIGKILL');
});
